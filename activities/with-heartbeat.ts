import { Context } from '@temporalio/activity';

/** So that a typed failure of ours comes before Temporal's own timeout. */
const MARGIN_MS = 15_000;

/**
 * Heartbeats while `work` runs: without them a worker's death goes unseen until the timeout, and a cancellation is
 * never heard. The signal fires on cancellation; `deadlineMs` is what an HTTP call may take.
 */
export async function withHeartbeat<T>(
  work: (signal: AbortSignal, deadlineMs: number) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  const { heartbeatTimeoutMs, startToCloseTimeoutMs } = context.info;
  const interval = setInterval(() => context.heartbeat(), (heartbeatTimeoutMs ?? 60_000) / 3);
  try {
    return await work(
      context.cancellationSignal,
      Math.max(1_000, startToCloseTimeoutMs - MARGIN_MS),
    );
  } finally {
    clearInterval(interval);
  }
}
