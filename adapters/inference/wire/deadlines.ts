import type { Role } from '../../../workflows/contracts/targets.ts';
import type { Target } from '../targets/target.ts';

/**
 * How long we wait, by kind of call, in milliseconds. What is published is little: the router's own limit is not;
 * people report 504 after 30 to 60 s and a cut at about 120 s, so that the deadlines of single answers lie above that.
 */
export const DEADLINES_MS = {
  /** A cold Whisper of hf-inference, and the 120 s after which Hugging Face's own endpoint server gives up. */
  transcribe: 180_000,
  /** A long section on a busy provider, answered in one piece. */
  summarize: 180_000,
  generate: 180_000,
  /** Providers promise a first picture within 30 s of computing; queues before it are minutes. */
  illustrate: 300_000,
  /** One pass of a small model each; the old backend gave up after 60 s by itself. */
  embed: 60_000,
  moderate: 60_000,
  classify: 60_000,
  /** A question after queued work, which computes nothing. */
  question: 30_000,
  /** A finished picture from a provider's store. */
  download: 60_000,
  /** The management API of endpoints, and the hub. */
  management: 10_000,
  /** Until a stream begins: providers are held to a first token within 5 s. */
  streamHeaders: 30_000,
  /** Between two pieces of an answer; servers that think send comments or spaces meanwhile. */
  idle: 60_000,
  /** undici's own: a host that takes no connection in 10 s is down. */
  connect: 10_000,
} as const satisfies Readonly<Record<Role, number>> & Readonly<Record<string, number>>;

/** For one whole call, in milliseconds: never past the activity's own. */
export const callDeadline = ({ role }: Pick<Target, 'role'>, activityDeadlineMs: number): number =>
  Math.min(DEADLINES_MS[role], activityDeadlineMs);
