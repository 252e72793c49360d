/**
 * Performs a call that, once sent, is worth waiting for. When `signal` aborts, the call gets `graceMs` more to answer;
 * only then is its own signal aborted, and this throws `GraceOverError` whether the call obeys or not.
 */
export async function performWithGrace<T>(
  perform: (signal: AbortSignal) => Promise<T>,
  { signal, graceMs }: { signal: AbortSignal; graceMs: number },
): Promise<T> {
  const call = new AbortController();
  let giveUp = (_error: Error): void => {};
  const over = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  let timer: NodeJS.Timeout | undefined;
  const startGrace = () => {
    timer = setTimeout(() => {
      giveUp(new GraceOverError());
      call.abort(signal.reason);
    }, graceMs);
  };
  if (signal.aborted) startGrace();
  else signal.addEventListener('abort', startGrace, { once: true });

  try {
    return await Promise.race([perform(call.signal), over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', startGrace);
  }
}

/** Cancelled, and the answer did not come in time: nobody knows whether it was billed. */
class GraceOverError extends Error {
  override readonly name = 'GraceOverError';
}
