/**
 * Every outcome of a call to a model gets one verdict, and the verdict alone decides what happens next:
 * `adapters/inference/verdicts/consequences.ts` has the table.
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
