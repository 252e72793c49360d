import type { VerdictKind } from '../workflows/contracts/verdicts.ts';

/** Tries that failed in transit before a target is given up. */
export const TRANSIENT_TRIES = 6;
/** Billed answers of the wrong shape before a target is given up. */
export const PROVIDER_BUG_TRIES = 3;
/** How long a target may keep us waiting where another one follows. */
export const PATIENCE_MS = 5 * 60_000;
/** How long the last target may: an outage is waited out. */
export const LAST_PATIENCE_MS = 6 * 60 * 60_000;

export type Judgement = 'retry' | 'exhausted' | 'final';

/**
 * Whether a target is asked again. `verdicts` are those of this job on this call, the newest included; waiting is
 * counted from the first attempt.
 */
export function judge(facts: {
  readonly kind: VerdictKind;
  readonly verdicts: readonly VerdictKind[];
  readonly waitedMs: number;
  readonly last: boolean;
}): Judgement {
  const tries = facts.verdicts.filter((verdict) => verdict === facts.kind).length;
  switch (facts.kind) {
    case 'transient':
      return tries >= TRANSIENT_TRIES ? 'exhausted' : 'retry';
    case 'provider_bug':
      return tries >= PROVIDER_BUG_TRIES ? 'exhausted' : 'retry';
    case 'rate_limited':
    case 'loading':
    case 'closed':
      return facts.waitedMs >= (facts.last ? LAST_PATIENCE_MS : PATIENCE_MS)
        ? 'exhausted'
        : 'retry';
    case 'not_served':
    case 'auth':
    case 'billing':
    case 'too_large':
    case 'input':
      return 'final';
  }
}
