import type { JobReference } from './jobs.ts';
import type { RecordedTarget } from './targets.ts';

/* What all calls to a model are given, and what they give. */

/** The part of the input that all paid activities share. */
export interface PaidActivityInput extends JobReference {
  readonly target: RecordedTarget;
  /** True where no other target follows: this one is waited for for hours, not minutes. */
  readonly last: boolean;
}
export interface PaidOutcome {
  /** The target whose answer counts: not the one asked when an accepted answer was already stored. */
  readonly target: string;
  /** True where no call was made. */
  readonly reused: boolean;
  /** The accepted answer, by which later stages find it whatever prompt they have; absent in older histories. */
  readonly callKey?: string;
}

export interface ItemFailure {
  readonly index: number;
  /** A verdict or a failure type. */
  readonly reason: string;
}
