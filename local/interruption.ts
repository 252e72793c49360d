import { once } from 'node:events';

/**
 * A signal that aborts at the first Ctrl-C or SIGTERM. Later ones are ignored: npm forwards the signal that the terminal
 * has already sent, and stopping takes time.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => controller.abort(new Error(name)));
  }
  return controller.signal;
}

/** Resolves when the signal aborts, or immediately if it already has. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
