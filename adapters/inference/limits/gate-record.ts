import { z } from 'zod';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { CONSEQUENCES, type GateLesson } from '../verdicts/consequences.ts';
import { LONGEST_WAIT_MS } from '../verdicts/retry-delay.ts';

export const CLOSING_REASONS = ['rate_limited', 'loading', 'failures'] as const;
export type ClosingReason = (typeof CLOSING_REASONS)[number];

export type Admission = Admitted | Refused;

export interface Admitted {
  readonly admitted: true;
  /** The one call that goes through while the gate is not open. */
  readonly probe: boolean;
  /** The gate's own: which closing this call was admitted after, and its id. */
  readonly epoch: number;
  readonly id: string;
}

interface Refused {
  readonly admitted: false;
  /** Above 0. */
  readonly waitMs: number;
  readonly reason: ClosingReason;
  /** How often the gate closed in a row without an answered call in between. */
  readonly closings: number;
}

export type GateOutcome =
  | { readonly answered: true }
  | {
      readonly answered: false;
      readonly kind: VerdictKind;
      /** The wait that the target asked for; null: it asked for none. */
      readonly waitMs: number | null;
    };

export interface GateState {
  /** Half open: its time is over or a probe is out, and no probe has been answered yet. */
  readonly state: 'open' | 'closed' | 'half_open';
  /** Null: open. */
  readonly reason: ClosingReason | null;
  /** 0 unless closed. */
  readonly closedForMs: number;
  readonly failuresInARow: number;
  /** As in `Refused`; 0: open. */
  readonly closings: number;
}

/** The stored state of a gate. Times are milliseconds since 1970 by the store's clock. */
export const gateRecordSchema = z.object({
  /** Grows with every closing and is at least its time: separates calls admitted before it from later ones. */
  epoch: z.int().nonnegative(),
  failuresInARow: z.int().nonnegative(),
  closed: z
    .object({
      untilMs: z.int(),
      reason: z.enum(CLOSING_REASONS),
      closings: z.int().positive(),
      probe: z.object({ id: z.string(), untilMs: z.int() }).nullable(),
    })
    .nullable(),
});
export type GateRecord = z.infer<typeof gateRecordSchema>;

export const OPEN_GATE: GateRecord = { epoch: 0, failuresInARow: 0, closed: null };

interface Asked {
  readonly event: 'asked';
  readonly id: string;
  readonly early: boolean;
}

interface Reported extends Omit<Admitted, 'admitted'> {
  readonly event: 'reported';
  /** Null: withdrawn. */
  readonly outcome: GateOutcome | null;
}

export type GateEvent = Asked | Reported;

const FAILURES_THAT_CLOSE = 5;
/** If the worker that probes dies, the others wait this long. */
const PROBE_LEASE_MS = 60_000;

/** Every transition of a gate. Pure; whole milliseconds. Returns an equal record where nothing changes. */
export function nextGate(kept: GateRecord, event: GateEvent, nowMs: number): GateRecord {
  const record = capped(kept, nowMs);
  return event.event === 'asked' ? asked(record, event, nowMs) : reported(record, event, nowMs);
}

/** The answer to an `asked` event, after `nextGate`. `random` in [0, 1) spreads the callers that wait for a probe. */
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
  // A probe of a loaded model takes a second or two.
  const waitMs = leftMs > 0 ? leftMs : 1000 + Math.floor(random * 1000);
  return { admitted: false, waitMs, reason, closings };
}

export function gateStateOf(kept: GateRecord, nowMs: number): GateState {
  const { closed, failuresInARow } = capped(kept, nowMs);
  if (closed === null)
    return { state: 'open', reason: null, closedForMs: 0, failuresInARow, closings: 0 };
  const { untilMs, reason, closings } = closed;
  const half = untilMs <= nowMs || hasProbeOut(closed, nowMs);
  return {
    state: half ? 'half_open' : 'closed',
    reason,
    closedForMs: half ? 0 : untilMs - nowMs,
    failuresInARow,
    closings,
  };
}

type Closed = NonNullable<GateRecord['closed']>;

/** Caps the stored times, so that a clock that was set back makes no wait longer. */
function capped(record: GateRecord, nowMs: number): GateRecord {
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

const hasProbeOut = ({ probe }: Closed, nowMs: number): boolean =>
  probe !== null && probe.untilMs > nowMs;

function asked(record: GateRecord, { id, early }: Asked, nowMs: number): GateRecord {
  const { closed } = record;
  if (closed === null || hasProbeOut(closed, nowMs)) return record;
  if (closed.untilMs > nowMs && !early) return record;
  return { ...record, closed: { ...closed, probe: { id, untilMs: nowMs + PROBE_LEASE_MS } } };
}

function reported(
  record: GateRecord,
  { id, epoch, probe, outcome }: Reported,
  nowMs: number,
): GateRecord {
  const { closed } = record;
  const lesson = lessonOf(outcome);
  if (lesson === 'nothing')
    return closed?.probe?.id === id ? { ...record, closed: { ...closed, probe: null } } : record;
  const askedMs = askedWaitOf(outcome);
  if (closed !== null && !(probe && epoch === record.epoch)) {
    // Admitted before the gate closed: neither a second closing nor a proof that the target works again.
    if (lesson === 'answers' || askedMs === null) return record;
    return { ...record, closed: { ...closed, untilMs: Math.max(closed.untilMs, nowMs + askedMs) } };
  }
  if (lesson === 'answers') return { ...record, failuresInARow: 0, closed: null };
  const failuresInARow = record.failuresInARow + (lesson === 'failures' ? 1 : 0);
  const failed = { ...record, failuresInARow };
  const isTolerated =
    closed === null &&
    lesson === 'failures' &&
    askedMs === null &&
    failuresInARow < FAILURES_THAT_CLOSE;
  return isTolerated ? failed : closeAgain(failed, lesson, askedMs, nowMs);
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

/** The wait where the target asked for none; doubled with every closing in a row. */
const FIRST_WAIT_MS = {
  rate_limited: 1000,
  loading: 2000,
  failures: 4000,
} as const satisfies Record<ClosingReason, number>;
const LONGEST_OWN_WAIT_MS = 60_000;

/** Null: no wait asked for. A wait of 0 counts as none: calls would come again at once, over and over. */
function askedWaitOf(outcome: GateOutcome | null): number | null {
  if (outcome === null || outcome.answered || outcome.waitMs === null || !(outcome.waitMs > 0))
    return null;
  return Math.min(Math.ceil(outcome.waitMs), LONGEST_WAIT_MS);
}

function lessonOf(outcome: GateOutcome | null): GateLesson {
  if (outcome === null) return 'nothing';
  return outcome.answered ? 'answers' : CONSEQUENCES[outcome.kind].gate;
}
