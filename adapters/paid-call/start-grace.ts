import { addAbortListener } from 'node:events';

/**
 * Time in which a call that was sent may still answer after a cancellation. Waits for `signal` to abort; `graceMs` later
 * the returned signal aborts, and `over` rejects, whether the call obeys its signal or not. Dispose of it when the call
 * has ended.
 */
export function startGrace(signal: AbortSignal, graceMs: number) {
  const call = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  // It may reject before the call is raced against it.
  over.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const listener = addAbortListener(signal, () => {
    timer = setTimeout(() => {
      // Whether it was billed is unknown.
      reject(new Error('the call was cancelled and did not answer in time'));
      call.abort(signal.reason);
    }, graceMs);
  });
  return {
    signal: call.signal,
    over,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      listener[Symbol.dispose]();
    },
  };
}
