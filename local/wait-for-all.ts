/** Waits for all, even if some fail; then throws one error with the message of each failure. */
export async function waitForAll(pending: readonly unknown[]): Promise<void> {
  const reasons = (await Promise.allSettled(pending)).flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (reasons.length === 0) return;
  // What waits for another one fails with its error.
  const messages = new Set(
    reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason))),
  );
  throw new Error([...messages].join('\n'), { cause: reasons[0] });
}
