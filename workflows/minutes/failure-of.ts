import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';

export interface Failure {
  /** A failure type or the name of an error. */
  readonly type: string;
  readonly message: string;
}

export function failureOf(error: unknown): Failure {
  let cause = error instanceof ActivityFailure ? error.cause : error;
  // When a policy's time is over, the last failure is the cause of the timeout.
  if (cause instanceof TimeoutFailure && cause.cause !== undefined) cause = cause.cause;
  if (cause instanceof ApplicationFailure) {
    return { type: cause.type ?? cause.name, message: cause.message };
  }
  return cause instanceof Error
    ? { type: cause.name, message: cause.message }
    : { type: 'Error', message: 'unknown' };
}

/** The failure of a part that the job can do without; null for a cancellation, and for an error of the workflow. */
export const lossOf = (error: unknown): Failure | null =>
  !isCancellation(error) &&
  (error instanceof ActivityFailure || error instanceof ApplicationFailure)
    ? failureOf(error)
    : null;
