import type { Patience } from '../../adapters/inference/targets/load-configuration.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';

/** Tries that failed in transit before a target is given up. */
export const TRANSIENT_TRIES = 6;
/** Billed answers of the wrong shape before a target is given up. */
export const PROVIDER_BUG_TRIES = 3;
/**
 * Closings of a gate in a row before a target is given up where another one follows: five failures, and three probes
 * that failed too, take about as long as six tries of one item.
 */
export const CLOSINGS = 4;

/**
 * `item_exhausted`: the target answers others well, and only this item is given up there. `asleep`: the endpoint behind the target must be woken before it is asked again.
 */
export type Judgement = 'retry' | 'exhausted' | 'item_exhausted' | 'final' | 'asleep';

export interface Trouble {
  readonly kind: VerdictKind;
  /** Those of this job on this call, the newest included. */
  readonly verdicts: readonly VerdictKind[];
  /** Since the first attempt on this target, in milliseconds. */
  readonly waitedMs: number;
  /** Whether no other target follows. */
  readonly last: boolean;
  /** The target's answer to something else was accepted since the first attempt. */
  readonly answersOthers: boolean;
  /** Closings of the target's gate, by failures, since it last answered anybody. */
  readonly closings: number;
  /** Another token of the target is ready. */
  readonly credentialsLeft: boolean;
  /** The management API can wake the endpoint behind the target. */
  readonly managed: boolean;
}

/** Whether a target is asked again. */
export function judge(trouble: Trouble, patience: Patience): Judgement {
  const { kind, verdicts, last } = trouble;
  const tries = verdicts.filter((verdict) => verdict === kind).length;
  const outOfPatience = trouble.waitedMs >= (last ? patience.lastTargetMs : patience.nextTargetMs);
  switch (kind) {
    case 'transient':
      // What its probes could not find in four closings, more tries of one item will not.
      if (!last && trouble.closings >= CLOSINGS) return 'exhausted';
      if (tries < TRANSIENT_TRIES) return 'retry';
      // It fails at this very item. Else it is an outage, and that of the last target is waited out.
      if (trouble.answersOthers) return 'item_exhausted';
      return last && !outOfPatience ? 'retry' : 'exhausted';
    case 'provider_bug':
      if (tries < PROVIDER_BUG_TRIES) return 'retry';
      return trouble.answersOthers ? 'item_exhausted' : 'exhausted';
    case 'loading':
      if (trouble.managed) return 'asleep';
      return outOfPatience ? 'exhausted' : 'retry';
    case 'rate_limited':
      return outOfPatience ? 'exhausted' : 'retry';
    case 'closed':
      return outOfPatience || (!last && trouble.closings >= CLOSINGS) ? 'exhausted' : 'retry';
    case 'auth':
    case 'billing':
      return trouble.credentialsLeft ? 'retry' : 'final';
    case 'not_served':
    case 'too_large':
    case 'input':
      return 'final';
  }
}
