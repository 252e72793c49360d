import type { z } from 'zod';
import { InvalidOptionError } from '../config.ts';

/** A typed argument, checked. Throws `InvalidOptionError`, which names it and what is wrong, and never repeats it. */
export function checkedArgument<T>(schema: z.ZodType<T>, name: string, typed: string): T {
  const checked = schema.safeParse(typed.normalize('NFC').trim());
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(({ message }) => message);
  throw new InvalidOptionError(`${name} ${faults.join(', and ')}`);
}
