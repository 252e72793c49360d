import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';

/**
 * Stands before a target and is shared by all who call it: closed by 429, by 503 and by five failures in a row, for
 * 300 s at most; then half open for one probe, whose success opens it. No method throws or waits for half a second.
 */
export interface Gate {
  /** Before a call. With `probe` it goes through a closed gate before its time, unless another probe is out. */
  readonly admit: (key: string, options?: { readonly probe?: boolean }) => Promise<Admission>;
  /** After every call that was made. A probe that is neither reported nor withdrawn keeps others waiting a minute. */
  readonly report: (key: string, admission: Admitted, outcome: GateOutcome) => Promise<void>;
  /** In the place of `report` where nothing was learned of the target: nothing was sent, or the caller gave up. */
  readonly withdraw: (key: string, admission: Admitted) => Promise<void>;
  readonly state: (key: string) => Promise<GateState>;
  /** Waits for what is under way. */
  readonly close: () => Promise<void>;
}

export type Admission = Admitted | Refused;

export interface Admitted {
  readonly admitted: true;
  /** The one call that goes through while the gate is not open. */
  readonly probe: boolean;
  /** The gate's own: after which closing it was admitted, and as whom. */
  readonly epoch: number;
  readonly id: string;
}

export interface Refused {
  readonly admitted: false;
  /** Above 0. */
  readonly waitMs: number;
  readonly reason: ClosingReason;
  /** How often it closed in a row, no call being answered between. */
  readonly closings: number;
}

export type GateOutcome =
  | { readonly answered: true }
  | {
      readonly answered: false;
      readonly kind: VerdictKind;
      /** What the target asked to wait; null: nothing asked. */
      readonly waitMs: number | null;
    };

export const CLOSING_REASONS = ['rate_limited', 'loading', 'failures'] as const;
export type ClosingReason = (typeof CLOSING_REASONS)[number];

export interface GateState {
  /** Half open: its time is over or a probe is out, and no probe was answered yet. */
  readonly state: 'open' | 'closed' | 'half_open';
  /** Null: open. */
  readonly reason: ClosingReason | null;
  /** 0 unless closed. */
  readonly closedForMs: number;
  readonly failuresInARow: number;
  /** As in `Refused`; 0: open. */
  readonly closings: number;
}
