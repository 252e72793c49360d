import { randomUUID } from 'node:crypto';
import type { Admission, Admitted, ClosingReason, GateOutcome, GateState } from './gate-record.ts';
import type { GateEvent, GateRecord } from './gate-record.ts';
import { admissionOf, gateRecordSchema, gateStateOf, nextGate, OPEN_GATE } from './gate-record.ts';
import { createMemoryGateStore, type GateStore } from './gate-store.ts';
import { takeTurn, type Turn } from './take-turn.ts';

/** A Redis in the same network answers in a millisecond; no call waits for one that does not. */
const SHARED_DEADLINE_MS = 400;
/** After trouble the shared store is skipped for this long, so that not every call waits for the deadline. */
const SHARED_PAUSE_MS = 2000;

/**
 * The circuit breaker of a target, shared by all workers that call it. Closed by 429, by 503 and by five failures in
 * a row, for at most 300 s; then half open for one probe, whose success opens it. No method throws, and none waits
 * longer than half a second.
 */
export type Gate = ReturnType<typeof createGate>;

/** The caller closes the connection of the shared store. */
export function createGate({
  shared,
  now,
  onFallback,
  onClosing,
}: {
  /** `createRedisGateStore(redis)`; null: each process has its own gates. */
  readonly shared: GateStore | null;
  readonly now: () => Date;
  /** The shared store fails or is slow. Called once until it works again; meanwhile the process uses its own gates. */
  readonly onFallback?: (error: unknown) => void;
  /** A report by this process closed the gate, or closed it again after a probe. */
  readonly onClosing?: (key: string, reason: ClosingReason) => void;
}) {
  const own = createMemoryGateStore(now);
  const underWay = new Set<Promise<unknown>>();
  let pausedUntilMs = -Infinity;
  let inTrouble = false;

  const inAnyStore = async <T>(step: StoreStep<T>): Promise<T> => {
    if (shared === null || now().getTime() < pausedUntilMs) return await step(own);
    try {
      const done = await withinDeadline((signal) => step(shared, signal));
      inTrouble = false;
      return done;
    } catch (error) {
      pausedUntilMs = now().getTime() + SHARED_PAUSE_MS;
      if (!inTrouble) onFallback?.(error);
      inTrouble = true;
      return await step(own);
    }
  };
  const keep = <T>(step: StoreStep<T>): Promise<T> => {
    const stepping = inAnyStore(step).finally(() => underWay.delete(stepping));
    underWay.add(stepping);
    return stepping;
  };
  const move = (key: string, event: GateEvent | null): Promise<Move> =>
    keep((store, signal) => moveIn(store, key, event, signal));

  return {
    /** Before a call. With `probe`, a closed gate admits the call early, unless another probe is out. */
    admit: async (key: string, { probe = false } = {}): Promise<Admission> => {
      const id = randomUUID();
      const { after, nowMs } = await move(key, { event: 'asked', id, early: probe });
      return admissionOf(after, id, nowMs, Math.random());
    },
    /**
     * After every call that was made; with null if nothing was learned about the target: nothing was sent, or the caller
     * gave up. A probe that is not reported keeps others waiting a minute.
     */
    report: async (
      key: string,
      { id, epoch, probe }: Admitted,
      outcome: GateOutcome | null,
    ): Promise<void> => {
      const { before, after } = await move(key, { event: 'reported', id, epoch, probe, outcome });
      if (after.closed !== null && after.epoch !== before.epoch)
        onClosing?.(key, after.closed.reason);
    },
    /** Before a call of a target with a limit: the next turn, unless it is more than `mostMs` away. */
    turn: (key: string, perMinute: number, mostMs: number): Promise<Turn> =>
      keep((store, signal) =>
        takeTurn(store, `${key}:turn`, { everyMs: Math.ceil(60_000 / perMinute), mostMs }, signal),
      ),
    state: async (key: string): Promise<GateState> => {
      const { after, nowMs } = await move(key, null);
      return gateStateOf(after, nowMs);
    },
    /** Waits for pending moves. */
    close: async (): Promise<void> => {
      await Promise.allSettled(underWay);
    },
  };
}

type StoreStep<T> = (store: GateStore, signal?: AbortSignal) => Promise<T>;

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
  const { promise: late, reject } = Promise.withResolvers<never>();
  const ended = new AbortController();
  // Cleared, unlike that of AbortSignal.timeout: there are two steps to every call.
  using _timer = setTimeout(() => {
    const error = new Error(`no answer within ${SHARED_DEADLINE_MS} ms`);
    ended.abort(error);
    reject(error);
  }, SHARED_DEADLINE_MS);
  return await Promise.race([step(ended.signal), late]);
}
