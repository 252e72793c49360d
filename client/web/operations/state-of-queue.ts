import type { Queue } from './answers.ts';

export type QueueState = 'served' | 'behind' | 'unserved' | 'idle';

/** Work of this age is no longer just about to be taken. */
const LATE_SECONDS = 60;

/** Whether the work of a queue is done. Of a target that no worker knows, nothing need be wrong while nothing waits. */
export function stateOfQueue({
  workers,
  target,
  stats,
}: Pick<Queue, 'workers' | 'target' | 'stats'>): QueueState {
  const waits = (stats?.backlog ?? 0) > 0;
  if (workers === 0) return target === null || waits ? 'unserved' : 'idle';
  return waits && (stats?.oldestSeconds ?? 0) >= LATE_SECONDS ? 'behind' : 'served';
}
