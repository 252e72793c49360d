import { Context } from '@temporalio/activity';
import { z } from 'zod';

/** Ends a call before Temporal's own timeout, so that the workflow gets a typed failure. */
const MARGIN_MS = 15_000;

export interface Attempt {
  /** Fires on cancellation. */
  readonly signal: AbortSignal;
  /** The time left for this attempt: until 15 s before Temporal's timeout. 0: it is over. */
  readonly leftMs: () => number;
  /** How long this attempt has run. */
  readonly ranMs: () => number;
  /** The part of it that went by in `inQueue`. */
  readonly queuedMs: () => number;
  /** Waits in a queue of our own, which is no target's fault. */
  readonly inQueue: <T>(wait: () => Promise<T>) => Promise<T>;
  /** What this attempt and the earlier ones remembered. */
  readonly memory: () => Memory;
  readonly remember: (change: Partial<Memory>) => void;
}

/** Travels with the heartbeats from one attempt of an activity to the next, also on another worker. Null: not yet. */
export type Memory = z.infer<typeof memorySchema>;

const count = z.number().nonnegative().nullable().catch(null);
const memorySchema = z.object({
  /** How long a target has let the activity wait since it first refused it; see `waitedMs`. */
  waitedMs: count,
  /** When the ledger first granted the activity a claim: milliseconds since 1970 by the ledger's clock. */
  claimedAtMs: count,
  /** How often the management API gave an answer that cannot be read. */
  badReplies: count,
  /** How long the activity had waited when it last woke the endpoint. */
  pushedAtMs: count,
  /** What was wrong with the last answer, as a word of ours; `asked`: its repair was asked for. Absent: nothing yet. */
  fault: z.string().max(40).optional().catch(undefined),
});

/**
 * Heartbeats until it is disposed of. Without heartbeats Temporal notices a worker's death only at the timeout, and
 * the activity never learns of a cancellation.
 */
export function startHeartbeat(): Attempt & Disposable {
  const context = Context.current();
  const { heartbeatTimeoutMs, startToCloseTimeoutMs } = context.info;
  let memory = rememberedBefore();
  const startedAt = performance.now();
  const ranMs = () => performance.now() - startedAt;
  let queuedMs = 0;
  const beat = () => context.heartbeat(memory);
  beat();
  const interval = setInterval(beat, (heartbeatTimeoutMs ?? 60_000) / 3);
  return {
    signal: context.cancellationSignal,
    leftMs: () => Math.max(0, startToCloseTimeoutMs - MARGIN_MS - ranMs()),
    ranMs,
    queuedMs: () => queuedMs,
    inQueue: async (wait) => {
      const from = ranMs();
      try {
        return await wait();
      } finally {
        queuedMs += ranMs() - from;
      }
    },
    memory: () => memory,
    remember: (change) => {
      memory = { ...memory, ...change };
      // The last heartbeat before a failure reaches Temporal with it.
      beat();
    },
    [Symbol.dispose]: () => clearInterval(interval),
  };
}

/** What the earlier attempts of this activity remembered. */
export function rememberedBefore(): Memory {
  const { attempt, heartbeatDetails } = Context.current().info;
  // An attempt that died before its first heartbeat arrived, or another version's heartbeat: it begins anew.
  return memorySchema.catch(NOTHING).parse(attempt === 1 ? NOTHING : heartbeatDetails);
}

/** Heartbeats while `work` runs. */
export async function withHeartbeat<T>(work: (attempt: Attempt) => Promise<T>): Promise<T> {
  using heartbeat = startHeartbeat();
  return await work(heartbeat);
}

const NOTHING: Memory = { waitedMs: null, claimedAtMs: null, badReplies: null, pushedAtMs: null };
