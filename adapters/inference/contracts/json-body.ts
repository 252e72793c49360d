import type { z } from 'zod';
import type { Target, WireResponse } from '../contract.ts';
import { badReply } from './bad-reply.ts';

/** Parses and checks the body of a 2xx. What is wrong is told by field, never by value. */
export function jsonBody<T>(response: WireResponse, schema: z.ZodType<T>, target: Target): T {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(response.bytes));
  } catch {
    throw badReply(target, response, 'its body is not JSON');
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw badReply(
    target,
    response,
    `its ${path === '' ? 'body' : `field ${path.slice(0, 100)}`} is missing or of another type`,
  );
}
