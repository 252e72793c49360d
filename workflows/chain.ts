import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { FAILURES, FINAL_FAILURES, RETRIED_FAILURES } from './contracts/failures.ts';
import type { RecordedTarget } from './contracts/targets.ts';
import {
  isLast,
  leaveTarget,
  nextStep,
  type ChainState,
  type Step,
  type TargetFailure,
} from './next-step.ts';

export type ChainOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: TargetFailure };

/** Default: every 30 minutes one item asks the target before the current one. */
const PROBE_INTERVAL_MS = 30 * 60_000;

export interface ChainOptions {
  /** All following items start with the target `to`. */
  readonly onFallback: (failure: TargetFailure, to: RecordedTarget) => void;
  /** One item alone was answered by the later target `to`, because of its own failure at the current one. */
  readonly onStray: (failure: TargetFailure, to: RecordedTarget) => void;
  /** Wakes the endpoint behind a target; throws an activity's failure where it cannot. */
  readonly wake: (target: RecordedTarget, last: boolean) => Promise<void>;
  readonly probeMs?: number | undefined;
}

/**
 * The ordered targets of one role in one job. The choice is sticky: after a fallback the remaining items start with
 * the new target, and from time to time one item probes the target before it. `nextStep` decides; this class keeps
 * the state that the items share, and asks.
 */
export class Chain {
  private readonly targets: readonly RecordedTarget[];
  private readonly options: ChainOptions;
  private readonly wakings = new Map<string, Promise<void>>();
  private current = 0;
  private probedAt = 0;
  /** The failure that ended the last target; null while there is a target to ask. */
  end: TargetFailure | null = null;

  constructor(targets: readonly RecordedTarget[], options: ChainOptions) {
    this.targets = targets;
    this.options = options;
  }

  /** Asks one target after another until one answers, the item itself is refused, or no target is left. */
  async run<T>(
    ask: (target: RecordedTarget, last: boolean) => Promise<T>,
  ): Promise<ChainOutcome<T>> {
    let item: Item = { index: this.firstIndex(), own: null, wakings: 0 };
    for (;;) {
      const target = this.targets[item.index];
      if (target === undefined) return { ok: false, failure: NO_TARGET };
      if (this.end !== null) return { ok: false, failure: this.end };
      const last = isLast(this.stateOf(item));
      try {
        const value = await ask(target, last);
        this.noteAnswer(item, target);
        return { ok: true, value };
      } catch (error) {
        let failure = toTargetFailure(error, target);
        if (failure === null) throw error;
        let step = nextStep(this.stateOf(item), failure);
        if (step.kind === 'wake') {
          item = { ...item, wakings: item.wakings + 1 };
          failure = await this.awaken(target, last);
          if (failure === null) continue;
          step = leaveTarget(this.stateOf(item), failure);
        }
        if (step.kind === 'fail') {
          if (step.endsChain) this.end = failure;
          return { ok: false, failure: step.failure };
        }
        if (step.movesAll) this.moveAll(step, failure);
        item = { ...item, index: step.index, own: step.own };
      }
    }
  }

  private stateOf(item: Item): ChainState {
    return { ...item, targets: this.targets, current: this.current };
  }

  /** The current target, or the one before it when a probe is due. */
  private firstIndex(): number {
    const interval = this.options.probeMs ?? PROBE_INTERVAL_MS;
    if (this.current > 0 && Date.now() - this.probedAt >= interval) {
      this.probedAt = Date.now();
      return this.current - 1;
    }
    return this.current;
  }

  private noteAnswer({ index, own }: Item, target: RecordedTarget): void {
    if (index < this.current) this.current = index; // the probe found that the earlier target works again
    if (own !== null && index > this.current) this.options.onStray(own, target);
  }

  private moveAll({ index }: Extract<Step, { kind: 'ask' }>, failure: TargetFailure): void {
    const to = this.targets[index];
    if (to === undefined) return;
    this.current = index;
    this.probedAt = Date.now();
    this.options.onFallback(failure, to);
  }

  /** All items that wait for one endpoint share one waking. Null: it is awake. */
  private async awaken(target: RecordedTarget, last: boolean): Promise<TargetFailure | null> {
    let waking = this.wakings.get(target.name);
    if (waking === undefined) {
      waking = this.options.wake(target, last).finally(() => this.wakings.delete(target.name));
      this.wakings.set(target.name, waking);
    }
    try {
      await waking;
      return null;
    } catch (error) {
      const failure = toTargetFailure(error, target);
      if (failure === null) throw error;
      return failure;
    }
  }
}

type Item = Pick<ChainState, 'index' | 'own' | 'wakings'>;

/** The failure of an item where a role has no targets. */
export const NO_TARGET: TargetFailure = {
  type: FAILURES.NoTarget,
  target: '',
  message: 'no target of this role is configured; `hansard doctor` says which variable is unset',
};

/** Null for a failure that is not about the target: a cancellation, a lost object, a bug. */
function toTargetFailure(error: unknown, { name: target }: RecordedTarget): TargetFailure | null {
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  // The last attempt ran over its own timeout.
  if (cause instanceof TimeoutFailure) {
    return { type: FAILURES.TargetExhausted, target, message: `${target} did not answer in time` };
  }
  if (!(cause instanceof ApplicationFailure)) return null;
  const { type, message } = cause;
  if (typeof type !== 'string') return null;
  if (Object.hasOwn(FINAL_FAILURES, type)) return { type, target, message };
  // The policy allows no other try. Temporal then reports the last failure. Older histories have `TIMEOUT`.
  const { retryState } = error;
  const isOver = retryState === 'MAXIMUM_ATTEMPTS_REACHED' || retryState === 'TIMEOUT';
  return isOver && Object.hasOwn(RETRIED_FAILURES, type)
    ? { type: FAILURES.TargetExhausted, target, message }
    : null;
}
