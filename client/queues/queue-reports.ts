import type { Client } from '@temporalio/client';
import {
  describeQueue,
  type QueueDescription,
  type QueueKind,
  type QueueStats,
} from '../../adapters/temporal/describe-queue.ts';
import { RECENT_POLL_MS } from '../../adapters/temporal/worker-presence.ts';
import { paidQueue, TASK_QUEUES } from '../../workflows/contracts/names.ts';

export interface QueueReport {
  readonly queue: string;
  readonly kind: QueueKind;
  /** The target whose calls wait there; null: a queue of Hansard's own work. */
  readonly target: string | null;
  /** Workers that asked it for work in the last 90 seconds. One without a free slot asks for none. */
  readonly workers: number;
  /** When one asked last; null: not for some minutes. */
  readonly polledAt: Date | null;
  /** Null: the server is too old to tell. */
  readonly stats: QueueStats | null;
}

export interface WorkerReport {
  /** `{process}@{machine}`. */
  readonly identity: string;
  readonly build: string | null;
  readonly polledAt: Date;
  /** Queues that it serves. */
  readonly queues: readonly string[];
}

type Described = Pick<QueueReport, 'queue' | 'kind' | 'target'> & QueueDescription;

/** Every queue that workers use, and what waits there. Of all tenants together. */
export async function queueReports(
  client: Client,
  targets: readonly string[],
  now = new Date(),
): Promise<readonly QueueReport[]> {
  const described = await describeQueues(client, targets, { withStats: true });
  return described.map(({ pollers, ...queue }) => {
    const times = pollers.map(pollMs);
    const recent = pollers.filter((poller) => now.getTime() - pollMs(poller) < RECENT_POLL_MS);
    return {
      ...queue,
      workers: new Set(recent.map(({ identity }) => identity)).size,
      polledAt: times.length === 0 ? null : new Date(Math.max(...times)),
    };
  });
}

/** Every worker that asked for work in the last minutes, the latest first. */
export async function workerReports(
  client: Client,
  targets: readonly string[],
): Promise<readonly WorkerReport[]> {
  const described = await describeQueues(client, targets);
  const seen = described.flatMap(({ queue, kind, pollers }) =>
    pollers.map((poller) => ({ queue, kind, ...poller })),
  );
  const workers = Object.values(Object.groupBy(seen, ({ identity }) => identity));
  return workers
    .flatMap((polls = []) => {
      const [latest] = polls.toSorted((one, other) => pollMs(other) - pollMs(one));
      if (latest === undefined) return [];
      const { identity, polledAt } = latest;
      // Where it runs workflows, a worker names their code too.
      const { build } = polls.find(({ kind }) => kind === 'workflow') ?? latest;
      return [{ identity, build, polledAt, queues: polls.map(({ queue }) => queue) }];
    })
    .toSorted((one, other) => pollMs(other) - pollMs(one));
}

const pollMs = ({ polledAt }: { readonly polledAt: Date }): number => polledAt.getTime();

async function describeQueues(
  client: Client,
  targets: readonly string[],
  options: { readonly withStats?: boolean } = {},
): Promise<readonly Described[]> {
  const { pipeline, ...others } = TASK_QUEUES;
  const queues = [
    { queue: pipeline, kind: 'workflow', target: null } as const,
    ...Object.values(others).map((queue) => ({ queue, kind: 'activity', target: null }) as const),
    ...targets.map((target) => ({ queue: paidQueue(target), kind: 'activity', target }) as const),
  ];
  return await Promise.all(
    queues.map(async (one) => ({
      ...one,
      ...(await describeQueue(client, one.queue, one.kind, options)),
    })),
  );
}
