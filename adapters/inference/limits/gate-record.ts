import { z } from 'zod';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { CLOSING_REASONS } from './gate.ts';
import type { Admission, ClosingReason, GateOutcome, GateState } from './gate.ts';
import { LONGEST_WAIT_MS } from '../verdicts/retry-delay.ts';

/** What is kept of a gate, in this process or for all. Times are in milliseconds since 1970, of the store's clock. */
export const gateRecordSchema = z.strictObject({
  /** Grows with every closing, and is no earlier than it: tells what was admitted before from what came after. */
  epoch: z.int().nonnegative(),
  failuresInARow: z.int().nonnegative(),
  closed: z
    .strictObject({
      untilMs: z.int(),
      reason: z.enum(CLOSING_REASONS),
      closings: z.int().positive(),
      probe: z.strictObject({ id: z.string(), untilMs: z.int() }).nullable(),
    })
    .nullable(),
});
export type GateRecord = z.infer<typeof gateRecordSchema>;

export const OPEN_GATE: GateRecord = { epoch: 0, failuresInARow: 0, closed: null };

export type GateEvent =
  | { readonly event: 'asked'; readonly id: string; readonly early: boolean }
  | {
      readonly event: 'reported';
      readonly id: string;
      readonly epoch: number;
      readonly probe: boolean;
      /** Null: withdrawn. */
      readonly outcome: GateOutcome | null;
    };

export const FAILURES_THAT_CLOSE = 5;
/** A prober that died keeps others waiting this long. */
export const PROBE_LEASE_MS = 60_000;

/** The one law by which a gate moves. Pure; whole milliseconds. Nothing changed: an equal record. */
export function nextGate(kept: GateRecord, event: GateEvent, nowMs: number): GateRecord {
  const record = believable(kept, nowMs);
  switch (event.event) {
    case 'asked':
      return asked(record, event, nowMs);
    case 'reported':
      return record.closed === null
        ? reportedWhileOpen(record, event, nowMs)
        : reportedWhileClosed(record, record.closed, event, nowMs);
  }
}

/** What the asker is told, once `nextGate` has heard it. `random` in [0, 1) spreads those who wait for a probe. */
export function admissionOf(
  { epoch, closed }: GateRecord,
  id: string,
  nowMs: number,
  random: number,
): Admission {
  if (closed === null) return { admitted: true, probe: false, epoch, id };
  if (closed.probe?.id === id) return { admitted: true, probe: true, epoch, id };
  const { untilMs, reason, closings } = closed;
  const leftMs = untilMs - nowMs;
  // A probe of a model that is awake is answered in a second or two.
  const waitMs = leftMs > 0 ? leftMs : 1000 + Math.floor(random * 1000);
  return { admitted: false, waitMs, reason, closings };
}

export function gateStateOf(kept: GateRecord, nowMs: number): GateState {
  const { closed, failuresInARow } = believable(kept, nowMs);
  if (closed === null)
    return { state: 'open', reason: null, closedForMs: 0, failuresInARow, closings: 0 };
  const { untilMs, reason, closings } = closed;
  const half = untilMs <= nowMs || isOut(closed, nowMs);
  return {
    state: half ? 'half_open' : 'closed',
    reason,
    closedForMs: half ? 0 : untilMs - nowMs,
    failuresInARow,
    closings,
  };
}

type Closed = NonNullable<GateRecord['closed']>;
type Asked = Extract<GateEvent, { event: 'asked' }>;
type Reported = Extract<GateEvent, { event: 'reported' }>;

/** A clock that was set back makes no wait longer. */
function believable(record: GateRecord, nowMs: number): GateRecord {
  const { closed } = record;
  if (closed === null) return record;
  const { probe } = closed;
  return {
    ...record,
    closed: {
      ...closed,
      untilMs: Math.min(closed.untilMs, nowMs + LONGEST_WAIT_MS),
      probe: probe && { ...probe, untilMs: Math.min(probe.untilMs, nowMs + PROBE_LEASE_MS) },
    },
  };
}

const isOut = ({ probe }: Closed, nowMs: number): boolean =>
  probe !== null && probe.untilMs > nowMs;

function asked(record: GateRecord, { id, early }: Asked, nowMs: number): GateRecord {
  const { closed } = record;
  if (closed === null || isOut(closed, nowMs)) return record;
  if (closed.untilMs > nowMs && !early) return record;
  return { ...record, closed: { ...closed, probe: { id, untilMs: nowMs + PROBE_LEASE_MS } } };
}

function reportedWhileOpen(record: GateRecord, { outcome }: Reported, nowMs: number): GateRecord {
  const word = wordOf(outcome);
  if (word === 'nothing') return record;
  if (word === 'answers') return { ...record, failuresInARow: 0 };
  const askedMs = askedBy(outcome);
  if (word !== 'failures') return closeAgain(record, word, askedMs, nowMs);
  const failed = { ...record, failuresInARow: record.failuresInARow + 1 };
  return askedMs !== null || failed.failuresInARow >= FAILURES_THAT_CLOSE
    ? closeAgain(failed, word, askedMs, nowMs)
    : failed;
}

function reportedWhileClosed(
  record: GateRecord,
  closed: Closed,
  { id, epoch, probe, outcome }: Reported,
  nowMs: number,
): GateRecord {
  const word = wordOf(outcome);
  const askedMs = askedBy(outcome);
  if (!probe || epoch !== record.epoch) {
    // Admitted before it closed: no second closing, and no proof that what closed it is over.
    const isFailure = word !== 'nothing' && word !== 'answers';
    if (!isFailure || askedMs === null) return record;
    return { ...record, closed: { ...closed, untilMs: Math.max(closed.untilMs, nowMs + askedMs) } };
  }
  if (word === 'answers') return { ...record, failuresInARow: 0, closed: null };
  if (word === 'nothing')
    return closed.probe?.id === id ? { ...record, closed: { ...closed, probe: null } } : record;
  const failuresInARow = record.failuresInARow + (word === 'failures' ? 1 : 0);
  return closeAgain({ ...record, failuresInARow }, word, askedMs, nowMs);
}

function closeAgain(
  record: GateRecord,
  reason: ClosingReason,
  askedMs: number | null,
  nowMs: number,
): GateRecord {
  const before = record.closed?.closings ?? 0;
  const waitMs = askedMs ?? Math.min(FIRST_WAIT_MS[reason] * 2 ** before, LONGEST_OWN_WAIT_MS);
  return {
    ...record,
    epoch: Math.max(record.epoch + 1, nowMs),
    closed: {
      untilMs: Math.max(record.closed?.untilMs ?? 0, nowMs + waitMs),
      reason,
      closings: before + 1,
      probe: null,
    },
  };
}

/** Where nothing was asked; doubled with every closing in a row. */
const FIRST_WAIT_MS = {
  rate_limited: 1000,
  loading: 2000,
  failures: 4000,
} as const satisfies Record<ClosingReason, number>;
const LONGEST_OWN_WAIT_MS = 60_000;

/** Null: nothing asked. A wait of 0 is none: it would have us ask again at once, and again. */
function askedBy(outcome: GateOutcome | null): number | null {
  if (outcome === null || outcome.answered || outcome.waitMs === null || !(outcome.waitMs > 0))
    return null;
  return Math.min(Math.ceil(outcome.waitMs), LONGEST_WAIT_MS);
}

function wordOf(outcome: GateOutcome | null): Word {
  if (outcome === null) return 'nothing';
  return outcome.answered ? 'answers' : WORDS[outcome.kind];
}

type Word = ClosingReason | 'answers' | 'nothing';

/** What each verdict says of the target. */
const WORDS: Readonly<Record<VerdictKind, Word>> = {
  rate_limited: 'rate_limited',
  loading: 'loading',
  transient: 'failures',
  provider_bug: 'answers',
  input: 'answers',
  too_large: 'answers',
  // Said by whatever stands before the model.
  not_served: 'nothing',
  auth: 'nothing',
  billing: 'nothing',
  closed: 'nothing',
};
