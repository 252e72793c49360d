/**
 * The longest input or result of an activity, in characters of its JSON; at most three times as many bytes. Temporal
 * takes 2 MiB: a longer input terminates the run before it can close its job, and a result above 4 MiB never arrives, so
 * that the work is repeated until its timeout. Ours carry keys, counts and times, and have a few kB.
 */
const LONGEST_PAYLOAD = 600_000;

/** What is wrong with an input or a result that Temporal may not take; null when it is short enough. Never its content. */
export function payloadTooLarge(what: string, value: unknown): string | null {
  const { length } = value === undefined ? '' : JSON.stringify(value);
  return length <= LONGEST_PAYLOAD
    ? null
    : `${what} has ${length} characters, more than the ${LONGEST_PAYLOAD} that may pass through a workflow`;
}
