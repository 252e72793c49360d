import type { Patience } from '../../adapters/inference/targets/target-schema.ts';
import { CONSEQUENCES } from '../../adapters/inference/verdicts/consequences.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';

/**
 * What happens after a failed try. `exhausted`: the target is given up; `never_answered`: it is, because it refuses what
 * it is asked, and never answered anything. `item_exhausted`: the target answers other
 * calls well, so only this item is given up there. `final`: no try could succeed. `asleep`: the endpoint behind the
 * target must be woken first.
 */
export type RetryDecision =
  'retry' | 'exhausted' | 'never_answered' | 'item_exhausted' | 'final' | 'asleep';

export interface FailedTry {
  readonly kind: VerdictKind;
  /** On this job's tries of this call, the newest included. */
  readonly verdicts: readonly VerdictKind[];
  /** How long the target has let this activity wait since it first refused it, in milliseconds. */
  readonly waitedMs: number;
  /** No other target follows. */
  readonly last: boolean;
  /** Since the activity's first claim, the target's answer to another call was accepted. */
  readonly answersOthers: boolean;
  /** The target refused the request, and no job ever accepted an answer of it. */
  readonly onlyRefuses: boolean;
  /** How often failures closed the target's gate since it last answered any call. */
  readonly closings: number;
  /** Another token of the target is ready. */
  readonly credentialsLeft: boolean;
  /** The management API can wake the endpoint behind the target. */
  readonly managed: boolean;
}

/** Decides by the verdict's row in `CONSEQUENCES` whether the target is tried again. */
export function decideRetry(failed: FailedTry, patience: Patience): RetryDecision {
  const { kind, verdicts, last } = failed;
  const { retry, wakesEndpoint = false, mostClosings = Infinity } = CONSEQUENCES[kind];
  if (wakesEndpoint && failed.managed) return 'asleep';
  if (!last && failed.closings >= mostClosings) return 'exhausted';
  const outOfPatience = failed.waitedMs >= (last ? patience.lastTargetMs : patience.nextTargetMs);
  switch (retry.until) {
    case 'tries': {
      const tries = verdicts.filter((verdict) => verdict === kind).length;
      if (tries < retry.tries) return 'retry';
      if (failed.answersOthers) return 'item_exhausted';
      return retry.lastTargetWaits && last && !outOfPatience ? 'retry' : 'exhausted';
    }
    case 'patience':
      return outOfPatience ? 'exhausted' : 'retry';
    case 'tokens':
      return failed.credentialsLeft ? 'retry' : 'final';
    case 'now':
      // Servers word the refusal of a model, a field or a key in their own ways: it need not be the item's fault.
      return kind === 'input' && failed.onlyRefuses && !last ? 'never_answered' : 'final';
  }
}
