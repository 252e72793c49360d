import type { Usage } from '../../../workflows/contracts/stored-results.ts';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import type { ClosingReason, GateState } from '../limits/gate-record.ts';
import type { Mapping } from '../hub/preflight.ts';

/**
 * What is counted of the calls to models. `target` is a configured name; every other one is counted as `other`, so
 * that nothing which anybody sends us makes a new series. No method throws.
 */
export interface InferenceMetrics {
  /** One request, or one round of questions after queued work, whatever came of it. */
  readonly observeCall: (call: ObservedCall) => void;
  readonly setGate: (target: string, state: GateState) => void;
  readonly countClosing: (target: string, reason: ClosingReason) => void;
  /** From the first answer that said so until it was awake; null: it was given up before. */
  readonly observeColdStart: (target: string, seconds: number | null) => void;
  /** In the place of what was said of the target before. */
  readonly setMapping: (target: string, mapping: Mapping) => void;
  /** An answer that was held already, and so not paid for. */
  readonly countHeldAnswer: (role: Role) => void;
  /** Of `text`. */
  readonly contentType: string;
  /** In Prometheus' exposition format. */
  readonly text: () => Promise<string>;
}

export interface ObservedCall {
  readonly target: string;
  readonly outcome: VerdictKind | 'answered';
  /** Null: no answer came. */
  readonly status: number | null;
  readonly seconds: number;
  /** Null: nothing was billed, or nobody knows. */
  readonly usage: Usage | null;
}
