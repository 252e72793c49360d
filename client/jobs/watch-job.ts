import { setTimeout } from 'node:timers/promises';
import { hasEnded, type JobView } from './job-view.ts';

/**
 * Polls a job until it ends and shows every view. The signal ends the watching, not the job; it throws
 * `WatchInterruptedError`.
 */
export async function watchJob(options: {
  readonly id: string;
  readonly look: () => Promise<JobView>;
  readonly show: (view: JobView) => void;
  readonly signal: AbortSignal;
  /** Default 1 s. */
  readonly intervalMs?: number;
}): Promise<JobView> {
  const { id, look, show, signal, intervalMs = 1_000 } = options;
  for (;;) {
    if (signal.aborted) throw new WatchInterruptedError(id);
    const view = await look();
    show(view);
    if (hasEnded(view.status)) return view;
    // The signal ends the pause early; the loop checks it.
    await setTimeout(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

export class WatchInterruptedError extends Error {
  override readonly name = 'WatchInterruptedError';

  constructor(id: string) {
    super(`the job goes on: watch it again with npm run -s hansard -- watch ${id}`);
  }
}
