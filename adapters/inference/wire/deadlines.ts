/**
 * Deadlines for parts of a call and for questions that are no paid call, in milliseconds. The deadline of a whole call
 * to a model is that of its activity, `startToCloseTimeout` in `workflows/policies.ts` less 15 s.
 */
export const DEADLINES_MS = {
  /** A question about queued work, which computes nothing. */
  question: 30_000,
  /** A finished picture from a provider's store. */
  download: 60_000,
  /** The management API of endpoints, and the hub. */
  management: 10_000,
  /** Until a stream begins: providers are expected to send a first token within 5 s. */
  streamHeaders: 30_000,
  /** Between two pieces of an answer; servers that compute for long send comments or spaces meanwhile. */
  idle: 60_000,
  /** undici's default: a host that accepts no connection within 10 s is down. */
  connect: 10_000,
} as const;
