import {
  ActivityFailure,
  ApplicationFailure,
  TimeoutFailure,
  type patched,
} from '@temporalio/workflow';
import type { PaidOutcome } from './contracts/paid-activity.ts';
import { FAILURES, FINAL_FAILURES, RETRIED_FAILURES } from './contracts/failures.ts';
import type { ChainMemory } from './contracts/minutes-state.ts';
import type { RecordedTarget, TargetFailure } from './contracts/targets.ts';
import { isLast, leaveTarget, nextStep, type ChainState, type Step } from './next-step.ts';

export type ChainOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: TargetFailure };

/** Default: every 30 minutes one item asks the target before the current one. */
const PROBE_INTERVAL_MS = 30 * 60_000;

export interface ChainOptions {
  /** All following items start with the target `to`. Told once for each pair of targets, however often it happens. */
  readonly onFallback: (failure: TargetFailure, to: RecordedTarget) => void;
  /** One item alone was answered by the later target `to`, because of its own failure at the current one. */
  readonly onStray: (failure: TargetFailure, to: RecordedTarget) => void;
  /** Wakes the endpoint behind a target; throws an activity's failure where it cannot. */
  readonly wake: (target: RecordedTarget, last: boolean) => Promise<void>;
  readonly probeMs?: number | undefined;
  /** Of the run before this one, where the job continues as new. */
  readonly before?: ChainMemory | undefined;
  readonly patched: typeof patched;
}

/** What the chain reads of an answer: whether the target was asked for it. */
type Answer = Pick<PaidOutcome, 'reused'>;

/** Histories without this marker took a stored answer for a good probe, and never asked an ended chain again. */
const READS_ANSWERS = 'chain-reads-answers';

/**
 * The ordered targets of one role in one job. The choice is sticky: after a fallback the remaining items start with
 * the new target, and from time to time one item probes the target before it. `nextStep` decides; this class keeps
 * the state that the items share, and asks.
 */
export class Chain {
  private readonly targets: readonly RecordedTarget[];
  private readonly options: ChainOptions;
  private readonly wakings = new Map<string, Promise<void>>();
  private readonly told = new Set<string>();
  private current = 0;
  private probedAt = 0;
  /** Items that wait for a target. */
  private asking = 0;
  private readonly waiting: (() => void)[] = [];
  /** The failure that ended the last target; null while there is a target to ask. */
  end: TargetFailure | null = null;

  constructor(targets: readonly RecordedTarget[], options: ChainOptions) {
    this.targets = targets;
    this.options = options;
    const { before } = options;
    if (before === undefined) return;
    this.current = before.current;
    this.probedAt = before.probedAt;
    this.end = before.end;
    for (const pair of before.told) this.told.add(pair);
  }

  /** What it has learnt, for the next run; no item may be on its way. */
  memory(): ChainMemory {
    const { current, probedAt, end } = this;
    return { current, probedAt, end, told: [...this.told] };
  }

  /** Asks one target after another until one answers, the item itself is refused, or no target is left. */
  async run<T extends Answer>(
    ask: (target: RecordedTarget, last: boolean) => Promise<T>,
  ): Promise<ChainOutcome<T>> {
    if (this.end !== null) await this.mayRevive();
    let item: Item = { index: this.firstIndex(), own: null, wakings: 0 };
    for (;;) {
      const target = this.targets[item.index];
      if (target === undefined) return { ok: false, failure: NO_TARGET };
      if (this.end !== null) await this.mayRevive();
      if (this.end !== null) return { ok: false, failure: this.end };
      const last = isLast(this.stateOf(item));
      this.asking += 1;
      try {
        const value = await ask(target, last);
        this.noteAnswer(item, target, value);
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
      } finally {
        this.asking -= 1;
        for (const resume of this.waiting.splice(0)) resume();
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

  /** Waits while an ended chain has items on their way: an answer to one of them revives it. */
  private async mayRevive(): Promise<void> {
    while (this.end !== null && this.asking > 0 && this.options.patched(READS_ANSWERS)) {
      await new Promise<void>((resume) => this.waiting.push(resume));
    }
  }

  private noteAnswer({ index, own }: Item, target: RecordedTarget, { reused }: Answer): void {
    if (reused) {
      // Nobody was asked, which says nothing about the target: the next item probes it.
      const isProbe = index < this.current;
      if (isProbe && this.options.patched(READS_ANSWERS)) this.probedAt = 0;
      else if (isProbe) this.current = index;
      return;
    }
    if (index < this.current) this.current = index; // the probe found that the earlier target works again
    if (index > this.current && own !== null) this.options.onStray(own, target);
    const isCurrent = index === this.current;
    if (isCurrent && this.end !== null && this.options.patched(READS_ANSWERS)) this.end = null;
  }

  private moveAll({ index }: Extract<Step, { kind: 'ask' }>, failure: TargetFailure): void {
    const to = this.targets[index];
    if (to === undefined) return;
    this.current = index;
    this.probedAt = Date.now();
    const pair = JSON.stringify([failure.target, to.name]);
    if (this.told.has(pair)) return;
    this.told.add(pair);
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
  if (error instanceof ApplicationFailure && error.type === FAILURES.NotServedHere) {
    return { type: error.type, target, message: error.message };
  }
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
