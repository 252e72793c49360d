import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';

/**
 * All timeouts and retries. Only Temporal retries: HTTP clients and SDKs do not. An HTTP call ends 15 s before
 * `startToCloseTimeout`, so that it fails with a typed failure and not with Temporal's timeout.
 *
 * Only `warm` has `maximumAttempts`: a verdict ends the tries of a paid call, `scheduleToCloseTimeout` those of the
 * other activities.
 */
const backoff = {
  initialInterval: '2 seconds',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
} as const;

/** A cancelled workflow waits until its cancelled activities have ended. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const common = { heartbeatTimeout: '30 seconds', retry: backoff, cancellationType } as const;

/** S3, Postgres, rendering. */
export const io = {
  ...common,
  taskQueue: 'io',
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '30 minutes',
  retry: { ...backoff, initialInterval: '1 second' },
} satisfies ActivityOptions;

/** ffmpeg and pictures. Two hours of audio take one core about a minute to decode. */
export const media = {
  ...common,
  taskQueue: 'media',
  startToCloseTimeout: '30 minutes',
  scheduleToCloseTimeout: '2 hours',
} satisfies ActivityOptions;

/** An endpoint with a large model needs up to about ten minutes to wake. One that has not after two hours will not. */
export const endpoint = {
  ...common,
  taskQueue: 'io',
  startToCloseTimeout: '20 minutes',
  scheduleToCloseTimeout: '2 hours',
} satisfies ActivityOptions;

/** A call to a model, on the queue of its target. Verdicts end the tries long before the seven days are over. */
const paid = {
  ...common,
  scheduleToCloseTimeout: '7 days',
  heartbeatTimeout: '20 seconds',
} satisfies ActivityOptions;

/** Whisper on one CPU core transcribes 300 s of audio in about 75 s (real-time factor 0.25). */
export const transcribe = { ...paid, startToCloseTimeout: '3 minutes' } satisfies ActivityOptions;
/** 180 s for a long section on a busy provider, answered in one piece. */
export const summarize = { ...paid, startToCloseTimeout: '4 minutes' } satisfies ActivityOptions;
export const illustrate = { ...paid, startToCloseTimeout: '5 minutes' } satisfies ActivityOptions;
export const moderate = { ...paid, startToCloseTimeout: '1 minute' } satisfies ActivityOptions;

/** A late warm-up is useless: after two tries the next one of the schedule takes over. */
export const warm = {
  ...paid,
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '3 minutes',
  retry: { ...backoff, maximumAttempts: 2 },
} satisfies ActivityOptions;
