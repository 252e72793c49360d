import { ProblemError } from '../api/problem.ts';

/** Between one try and the next, in seconds: a gateway or a store that is started again is there within these. */
const WAITS = [1, 2, 4, 8, 15, 30, 30, 30, 30, 30];

/**
 * Does something again when nobody answers, or the answer is that it may help to try again; at once when the network is
 * back. Throws what the last try throws, and an `AbortError` when it is stopped.
 */
export async function patiently<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const wait of WAITS) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error;
      await untilLater(wait * 1_000, signal);
    }
  }
  return await work();
}

const mayPass = (error: unknown): boolean =>
  error instanceof ProblemError &&
  (error.status === 0 || error.status === 429 || error.status >= 500);

/** Without a network there is nothing to try: then until it is back, however long that takes. */
async function untilLater(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const timer = navigator.onLine ? setTimeout(resolve, milliseconds) : undefined;
  const again = (): void => resolve(undefined);
  const stop = (): void => reject(new DOMException('stopped', 'AbortError'));
  addEventListener('online', again);
  signal.addEventListener('abort', stop);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    removeEventListener('online', again);
    signal.removeEventListener('abort', stop);
  }
}
