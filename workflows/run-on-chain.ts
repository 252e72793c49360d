import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { FAILURES } from './contracts/failures.ts';
import type { RecordedTarget } from './contracts/targets.ts';

/** One item's way along the targets of a role. */
export type ChainOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: TargetFailure };

export interface TargetFailure {
  readonly type: string;
  readonly target: string;
  /** Names target, status and remedy; written by Hansard, not by the provider. */
  readonly message: string;
}

/** Every 30 minutes one item asks the target before the one that answers now, unless the configuration says otherwise. */
const PROBE_INTERVAL_MS = 30 * 60_000;

/** Wakings that one item may cause of one target: an endpoint that falls asleep under every call is no use. */
const MOST_WAKINGS = 3;

export interface ChainOptions {
  readonly onFallback: (failure: TargetFailure, to: RecordedTarget) => void;
  /** One item alone was answered by a later target, for what was its own at the one that the others stay with. */
  readonly onStray: (failure: TargetFailure, to: RecordedTarget) => void;
  /** Wakes the endpoint behind a target; throws an activity's failure where it cannot. */
  readonly wake: (target: RecordedTarget, last: boolean) => Promise<void>;
  readonly probeMs?: number;
}

/**
 * The ordered targets of one role in one job. The choice is sticky: after one fallback the remaining items start
 * where it led, and now and then one item probes the earlier target.
 */
export class Chain {
  private readonly targets: readonly RecordedTarget[];
  private readonly options: ChainOptions;
  private readonly waking = new Map<string, Promise<void>>();
  private current = 0;
  private probedAt = 0;
  private exhausted: TargetFailure | null = null;

  constructor(targets: readonly RecordedTarget[], options: ChainOptions) {
    this.targets = targets;
    this.options = options;
  }

  /** The failure that ended the last target, once there is none left to ask. */
  get end(): TargetFailure | null {
    return this.exhausted;
  }

  /** Asks target after target until one answers, the item itself is refused, or none is left. */
  async run<T>(
    ask: (target: RecordedTarget, last: boolean) => Promise<T>,
  ): Promise<ChainOutcome<T>> {
    let index = this.firstIndex();
    let wakings = 0;
    // What sent this item alone past the target that the others stay with.
    let own: TargetFailure | null = null;
    for (;;) {
      const target = this.targets[index];
      if (target === undefined) return { ok: false, failure: NO_TARGET };
      if (this.exhausted !== null) return { ok: false, failure: this.exhausted };
      // Hours are waited for a target that all need, not for one that might take what another could not.
      const last = this.following(index) === null && own === null;
      try {
        const value = await ask(target, last);
        if (index < this.current) this.current = index; // the probe found the earlier target well again
        if (own !== null && index > this.current) this.options.onStray(own, target);
        return { ok: true, value };
      } catch (error) {
        let failure = toTargetFailure(error, target);
        if (failure?.type === FAILURES.EndpointAsleep && wakings < MOST_WAKINGS) {
          wakings += 1;
          failure = await this.awaken(target, last);
          if (failure === null) continue;
        }
        if (failure === null) throw error;
        if (!endsTarget(failure)) return { ok: false, failure: own ?? failure };
        // What is the item's own, its size or what it does to a target, says nothing about the others.
        const isOwn = failure.type === FAILURES.TooLarge || failure.type === FAILURES.ItemExhausted;
        // A size can be mended by halving: it is told rather than the rest.
        if (isOwn && index >= this.current && own?.type !== FAILURES.TooLarge) own = failure;
        const strayed = isOwn || own !== null || index > this.current;
        const successor = this.chosenAfter(index) ?? this.following(index, failure);
        if (successor === null) {
          if (!strayed) this.exhausted = failure;
          // The others' target answers: what a later one lacks ends neither them nor the job.
          return { ok: false, failure: own ?? failure };
        }
        const to = this.targets[successor];
        if (!strayed && successor > this.current && to !== undefined) {
          this.current = successor;
          this.probedAt = Date.now();
          this.options.onFallback(failure, to);
        }
        index = successor;
      }
    }
  }

  private firstIndex(): number {
    const interval = this.options.probeMs ?? PROBE_INTERVAL_MS;
    if (this.current > 0 && Date.now() - this.probedAt >= interval) {
      this.probedAt = Date.now();
      return this.current - 1;
    }
    return this.current;
  }

  /** All items that wait for one endpoint wait for one waking. Null: it is awake. */
  private async awaken(target: RecordedTarget, last: boolean): Promise<TargetFailure | null> {
    let waking = this.waking.get(target.name);
    if (waking === undefined) {
      waking = this.options.wake(target, last).finally(() => this.waking.delete(target.name));
      this.waking.set(target.name, waking);
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

  /** For a probe, and an item that was on its way before the fallback: the target that answers now. */
  private chosenAfter(index: number): number | null {
    return index < this.current ? this.current : null;
  }

  /** The next target; after a refused or empty account, the next one with other credentials. */
  private following(index: number, failure?: TargetFailure): number | null {
    const refused = failure !== undefined && isAboutCredentials(failure);
    const credentials = this.targets[index]?.credentials;
    for (let next = index + 1; next < this.targets.length; next += 1) {
      if (!refused || this.targets[next]?.credentials !== credentials) return next;
    }
    return null;
  }
}

export const isAboutCredentials = (failure: TargetFailure): boolean =>
  failure.type === FAILURES.Unauthorized || failure.type === FAILURES.OutOfCredit;

/** What a role without targets answers. */
export const NO_TARGET: TargetFailure = {
  type: FAILURES.NoTarget,
  target: '',
  message: 'no target of this role is configured; `hansard doctor` says which variable is unset',
};

/** The failures that end the tries on a target; `BadRequest` ends the item, anything else is not ours to judge. */
function endsTarget(failure: TargetFailure): boolean {
  return failure.type !== FAILURES.BadRequest;
}

/** What is retried on the same target for as long as its policy lasts. */
const PASSING: ReadonlySet<string> = new Set([
  FAILURES.Transient,
  FAILURES.BadReply,
  FAILURES.RateLimited,
  FAILURES.ModelLoading,
  FAILURES.TargetClosed,
  FAILURES.NextToken,
]);

const KNOWN: ReadonlySet<string> = new Set([
  FAILURES.TargetExhausted,
  FAILURES.ItemExhausted,
  FAILURES.ModelNotFound,
  FAILURES.Unauthorized,
  FAILURES.OutOfCredit,
  FAILURES.EndpointAsleep,
  FAILURES.TooLarge,
  FAILURES.BadRequest,
]);

function toTargetFailure(error: unknown, target: RecordedTarget): TargetFailure | null {
  if (!(error instanceof ActivityFailure)) return null;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && KNOWN.has(cause.type ?? '')) {
    return { type: cause.type ?? '', target: target.name, message: cause.message };
  }
  // No time was left for another try: Temporal then ends with what the last one met, and not with a timeout.
  if (
    cause instanceof ApplicationFailure &&
    error.retryState === 'TIMEOUT' &&
    PASSING.has(cause.type ?? '')
  ) {
    return { type: FAILURES.TargetExhausted, target: target.name, message: cause.message };
  }
  // The seven days of the net are over, or a single attempt outlived every deadline of ours.
  if (cause instanceof TimeoutFailure) {
    return {
      type: FAILURES.TargetExhausted,
      target: target.name,
      message: `${target.name} did not answer in time`,
    };
  }
  return null;
}
