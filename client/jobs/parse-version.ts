import { InvalidOptionError } from '../config.ts';

/** The number of a version, as typed. Throws `InvalidOptionError`, which names the option. */
export function parseVersion(typed: string, option = '--version'): number {
  if (/^[1-9]\d{0,8}$/.test(typed.trim())) return Number(typed);
  throw new InvalidOptionError(`${option} takes the number of a version, such as 1`);
}
