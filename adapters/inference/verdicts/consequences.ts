import { FAILURES, type FailureType } from '../../../workflows/contracts/failures.ts';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';

/** What follows from one verdict on a call to a model. */
export interface Consequence {
  /** The type of the Temporal failure: while the target is retried, and where the verdict itself ends the tries. */
  readonly failure: FailureType;
  readonly retry: RetryRule;
  readonly gate: GateLesson;
  /** If the management API can wake the endpoint behind the target, wake it instead of retrying. */
  readonly wakesEndpoint?: true;
  /** Closings of the gate in a row, all for failures, after which the target is exhausted if another one follows. */
  readonly mostClosings?: number;
}

/** How long Temporal retries a call at the same target. */
type RetryRule =
  /** `lastTargetWaits`: no other target follows, so an outage of this one is waited out within its patience. */
  | { readonly until: 'tries'; readonly tries: number; readonly lastTargetWaits: boolean }
  /**
   * Until the patience of the target ends: by default 5 minutes, and 6 hours for the last target. Such a wait is part of
   * normal operation: counted in no error metric, raises no alarm.
   */
  | { readonly until: 'patience' }
  /** While another token of the target is ready. */
  | { readonly until: 'tokens' }
  /** Not at all. */
  | { readonly until: 'now' };

/** What the gate of a target learns: a reason to close, that the target answers, or nothing about the target. */
export type GateLesson = 'rate_limited' | 'loading' | 'failures' | 'answers' | 'nothing';

/** Five failures and three failed probes take about as long as six tries of one item. */
const MOST_CLOSINGS = 4;

/**
 * One row per verdict. `to-application-failure.ts` reads the failure, `decide-retry.ts` the tries, `gate-record.ts` what the
 * gate learns. Once the tries end, the workflow decides by the type of the failure (`next-step.ts`): it goes to
 * the next target; after Unauthorized and OutOfCredit to the next one with other credentials; it splits an item
 * that is TooLarge where it can; and BadRequest fails the item.
 */
export const CONSEQUENCES: Readonly<Record<VerdictKind, Consequence>> = {
  /** Sockets, 408, 5xx, our deadline. */
  transient: {
    failure: FAILURES.Transient,
    retry: { until: 'tries', tries: 6, lastTargetWaits: true },
    gate: 'failures',
    mostClosings: MOST_CLOSINGS,
  },
  /** Billed answers of the wrong shape: each try costs money. */
  provider_bug: {
    failure: FAILURES.BadReply,
    retry: { until: 'tries', tries: 3, lastTargetWaits: false },
    gate: 'answers',
  },
  rate_limited: {
    failure: FAILURES.RateLimited,
    retry: { until: 'patience' },
    gate: 'rate_limited',
  },
  loading: {
    failure: FAILURES.ModelLoading,
    retry: { until: 'patience' },
    gate: 'loading',
    wakesEndpoint: true,
  },
  /** The gate itself refused the call. */
  closed: {
    failure: FAILURES.TargetClosed,
    retry: { until: 'patience' },
    gate: 'nothing',
    mostClosings: MOST_CLOSINGS,
  },
  // What stands in front of a model answers these, so the gate learns nothing about the model.
  not_served: { failure: FAILURES.ModelNotFound, retry: { until: 'now' }, gate: 'nothing' },
  auth: { failure: FAILURES.Unauthorized, retry: { until: 'tokens' }, gate: 'nothing' },
  billing: { failure: FAILURES.OutOfCredit, retry: { until: 'tokens' }, gate: 'nothing' },
  too_large: { failure: FAILURES.TooLarge, retry: { until: 'now' }, gate: 'answers' },
  input: { failure: FAILURES.BadRequest, retry: { until: 'now' }, gate: 'answers' },
};
