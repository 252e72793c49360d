import { randomUUID } from 'node:crypto';
import type { Admission, Admitted, ClosingReason, GateOutcome, GateState } from './gate-record.ts';
import type { GateEvent, GateRecord } from './gate-record.ts';
import { admissionOf, gateRecordSchema, gateStateOf, nextGate, OPEN_GATE } from './gate-record.ts';
import { createMemoryGateStore, type GateStore } from './gate-store.ts';

/**
 * The circuit breaker of a target, shared by all workers that call it. Closed by 429, by 503 and by five failures in
 * a row, for at most 300 s; then half open for one probe, whose success opens it. No method throws, and none waits
 * longer than half a second.
 */
export interface Gate {
  /** Before a call. With `probe`, a closed gate admits the call early, unless another probe is out. */
  readonly admit: (key: string, options?: { readonly probe?: boolean }) => Promise<Admission>;
  /** After every call that was made. A probe that is neither reported nor withdrawn keeps others waiting a minute. */
  readonly report: (key: string, admission: Admitted, outcome: GateOutcome) => Promise<void>;
  /** Instead of `report` if nothing was learned about the target: nothing was sent, or the caller gave up. */
  readonly withdraw: (key: string, admission: Admitted) => Promise<void>;
  readonly state: (key: string) => Promise<GateState>;
  /** Waits for pending moves. */
  readonly close: () => Promise<void>;
}

/** A Redis in the same network answers in a millisecond; no call waits for one that does not. */
const SHARED_DEADLINE_MS = 400;
/** After trouble the shared store is skipped for this long, so that not every call waits for the deadline. */
const SHARED_PAUSE_MS = 2000;

export interface GateOptions {
  /** `createRedisGateStore(redis)`; null: each process has its own gates. */
  readonly shared: GateStore | null;
  readonly now: () => Date;
  /** The shared store fails or is slow. Called once until it works again; meanwhile the process uses its own gates. */
  readonly onFallback?: (error: unknown) => void;
  /** A report by this process closed the gate, or closed it again after a probe. */
  readonly onClosing?: (key: string, reason: ClosingReason) => void;
}

/** The caller closes the connection of the shared store. */
export function createGate({ shared, now, onFallback, onClosing }: GateOptions): Gate {
  const own = createMemoryGateStore(now);
  const underWay = new Set<Promise<unknown>>();
  let pausedUntilMs = -Infinity;
  let inTrouble = false;

  const move = async (key: string, event: GateEvent | null): Promise<Move> => {
    if (shared === null || now().getTime() < pausedUntilMs) return await moveIn(own, key, event);
    try {
      const moved = await withinDeadline((signal) => moveIn(shared, key, event, signal));
      inTrouble = false;
      return moved;
    } catch (error) {
      pausedUntilMs = now().getTime() + SHARED_PAUSE_MS;
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

/** Reads, decides, and swaps; starts again if another process swapped meanwhile, so that one always gets through. */
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

/** An unreadable record was written by another version of Hansard: treat the gate as open. */
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
