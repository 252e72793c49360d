/** Time in which a call that was sent may still answer after a cancellation. */
export interface Grace {
  /** Aborts once the time is over. */
  readonly signal: AbortSignal;
  /** Rejects with `GraceOverError` once the time is over, whether the call obeys its signal or not. */
  readonly over: Promise<never>;
  readonly stop: () => void;
}

/** Waits for `signal` to abort, and ends the call `graceMs` later. Call `stop` when the call has ended. */
export function startGrace(signal: AbortSignal, graceMs: number): Grace {
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
