/**
 * Time in which a call that was sent may still answer after a cancellation. Waits for `signal` to abort; `graceMs` later
 * the returned signal aborts, and `over` rejects, whether the call obeys its signal or not. Call `stop` when the call has
 * ended.
 */
export function startGrace(signal: AbortSignal, graceMs: number) {
  const call = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  // It may reject before the call is raced against it.
  over.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const startTimer = () => {
    timer = setTimeout(() => {
      reject(new GraceOverError());
      call.abort(signal.reason);
    }, graceMs);
  };
  if (signal.aborted) startTimer();
  else signal.addEventListener('abort', startTimer, { once: true });
  return {
    signal: call.signal,
    over,
    stop: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', startTimer);
    },
  };
}

/** The call was cancelled and did not answer in time: whether it was billed is unknown. */
class GraceOverError extends Error {
  override readonly name = 'GraceOverError';
}
