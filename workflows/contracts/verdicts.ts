/** The verdict on the outcome of a call to a model. These words are stored in the ledger and exported as labels. */
export const VERDICT_KINDS = [
  /** No answer, or a server error: a retry may help. */
  'transient',
  /** A successful status with an answer of the wrong form. */
  'provider_bug',
  /** The provider asks for a pause. */
  'rate_limited',
  /** The model is not ready yet. */
  'loading',
  /** The gate of the target is closed: nothing was sent. */
  'closed',
  /** The provider does not offer the model. */
  'not_served',
  /** The provider does not accept the credentials. */
  'auth',
  /** The account has no credit left. */
  'billing',
  /** The input is larger than the model takes. */
  'too_large',
  /** The provider refuses this input for another reason. */
  'input',
] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];
