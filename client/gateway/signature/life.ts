import type { Parameters } from 'structured-headers';
import { unusable } from './unusable.ts';

/** How far the clock of a client may be from that of a gateway, in seconds. */
export const CLOCK_SECONDS = 30;
/** From `created` to `expires`, at most. */
const LONGEST_SECONDS = 300;

/**
 * When no gateway takes a signature any more, in seconds since 1970. Throws a `Refusal` for one whose time is over or has not
 * begun, or that has too much of it.
 */
export function endOf(parameters: Parameters, now = Math.floor(Date.now() / 1_000)): number {
  const created = wholeOf(parameters, 'created');
  const expires = parameters.has('expires')
    ? wholeOf(parameters, 'expires')
    : created + LONGEST_SECONDS;
  if (expires <= created || expires - created > LONGEST_SECONDS) {
    throw unusable(
      `a signature lasts ${LONGEST_SECONDS} s at most: let expires be 1 to ${LONGEST_SECONDS} s after created`,
    );
  }
  const clock = `the clock of the gateway says ${now}`;
  if (created > now + CLOCK_SECONDS) {
    throw unusable(
      `the signature was created at ${created}, and ${clock}: set the clock of the client`,
      'signature_not_yet_valid',
    );
  }
  if (now > expires + CLOCK_SECONDS) {
    throw unusable(
      `the signature expired at ${expires}, and ${clock}: sign each request when it is sent`,
      'signature_expired',
    );
  }
  return expires + CLOCK_SECONDS;
}

function wholeOf(parameters: Parameters, name: string): number {
  const value = parameters.get(name);
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw unusable(`the parameter ${name} of the signature takes whole seconds since 1970`);
}
