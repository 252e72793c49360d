/**
 * Every outcome of a call to a model gets one verdict, and the verdict alone says what happens next.
 *
 * | verdict | what happens |
 * |---|---|
 * | transient      | the policy's backoff; after 6 attempts the target is exhausted, the last one after its patience |
 * | provider_bug   | (200 of the wrong shape) the same, after 3 |
 * | rate_limited   | the delay asked for, clamped to 300 s; patience 5 minutes, 6 h on the last target |
 * | loading        | as rate_limited |
 * | closed         | as rate_limited: the gate of the target is closed, and nothing was sent |
 * | not_served     | next target |
 * | auth, billing  | next target with other credentials, else the job fails naming the variable |
 * | too_large      | split the item where it can be split, else next target |
 * | input          | the item fails |
 */
export const VERDICT_KINDS = [
  'transient',
  'provider_bug',
  'rate_limited',
  'loading',
  'closed',
  'not_served',
  'auth',
  'billing',
  'too_large',
  'input',
] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];
