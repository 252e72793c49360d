import { randomUUID } from 'node:crypto';
import type { Admitted, ClosingReason, Gate, GateOutcome } from './gate.ts';
import type { GateEvent, GateRecord } from './gate-record.ts';
import type { GateStore } from './gate-store.ts';
import { admissionOf, gateRecordSchema, gateStateOf, nextGate, OPEN_GATE } from './gate-record.ts';
import { createMemoryGateStore } from './memory-gate-store.ts';

/** A Redis of one's own network answers in a millisecond; a call must not wait for one that does not. */
const SHARED_DEADLINE_MS = 400;
/** After trouble it is not asked for so long: not every call is to wait out the deadline. */
const SHARED_REST_MS = 2000;

export interface GateOptions {
  /** `createRedisGateStore(redis)`; null: the gates are this process's own. */
  readonly shared: GateStore | null;
  readonly now: () => Date;
  /** The shared store fails or is slow; once, until it works again. Meanwhile the process has gates of its own. */
  readonly onFallback?: (error: unknown) => void;
  /** A report of this process closed the gate, or closed it again after a probe. */
  readonly onClosing?: (key: string, reason: ClosingReason) => void;
}

/** The connection of the shared store remains the caller's. */
export function createGate({ shared, now, onFallback, onClosing }: GateOptions): Gate {
  const own = createMemoryGateStore(now);
  const underWay = new Set<Promise<unknown>>();
  let restsUntilMs = -Infinity;
  let inTrouble = false;

  const move = async (key: string, event: GateEvent | null): Promise<Move> => {
    if (shared === null || now().getTime() < restsUntilMs) return await moveIn(own, key, event);
    try {
      const moved = await withinDeadline((signal) => moveIn(shared, key, event, signal));
      inTrouble = false;
      return moved;
    } catch (error) {
      restsUntilMs = now().getTime() + SHARED_REST_MS;
      if (!inTrouble) onFallback?.(error);
      inTrouble = true;
      return await moveIn(own, key, event);
    }
  };
  const tracked = async (key: string, event: GateEvent | null): Promise<Move> => {
    const moving = move(key, event);
    underWay.add(moving);
    try {
      return await moving;
    } finally {
      underWay.delete(moving);
    }
  };

  const report = async (
    key: string,
    { id, epoch, probe }: Admitted,
    outcome: GateOutcome | null,
  ): Promise<void> => {
    const event = { event: 'reported', id, epoch, probe, outcome } as const;
    const { before, after } = await tracked(key, event);
    if (after.closed !== null && after.epoch !== before.epoch)
      onClosing?.(key, after.closed.reason);
  };

  return {
    admit: async (key, { probe = false } = {}) => {
      const id = randomUUID();
      const { after, nowMs } = await tracked(key, { event: 'asked', id, early: probe });
      return admissionOf(after, id, nowMs, Math.random());
    },
    report,
    withdraw: (key, admission) => report(key, admission, null),
    state: async (key) => {
      const { after, nowMs } = await tracked(key, null);
      return gateStateOf(after, nowMs);
    },
    close: async () => {
      await Promise.allSettled(underWay);
    },
  };
}

interface Move {
  readonly before: GateRecord;
  readonly after: GateRecord;
  readonly nowMs: number;
}

/** Reads, decides, and swaps if nobody else did meanwhile: else anew. Of all who try at once, one gets through. */
async function moveIn(
  store: GateStore,
  key: string,
  event: GateEvent | null,
  signal?: AbortSignal,
): Promise<Move> {
  for (;;) {
    const { kept, nowMs } = await store.read(key);
    signal?.throwIfAborted();
    const before = parseRecord(kept);
    const after = event === null ? before : nextGate(before, event, nowMs);
    const next = JSON.stringify(after);
    if (next === JSON.stringify(before) || (await store.swap(key, kept, next)))
      return { before, after, nowMs };
    signal?.throwIfAborted();
  }
}

/** What we cannot read was written by another version of us: open, as if nothing were kept. */
function parseRecord(kept: string | null): GateRecord {
  if (kept === null) return OPEN_GATE;
  try {
    return gateRecordSchema.parse(JSON.parse(kept));
  } catch {
    return OPEN_GATE;
  }
}

async function withinDeadline<T>(step: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${SHARED_DEADLINE_MS} ms`);
    over.abort(error);
    reject(error);
  }, SHARED_DEADLINE_MS);
  try {
    return await Promise.race([step(over.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
