import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';

/**
 * Every timeout and every retry, in one place. Nothing below Temporal retries. An HTTP call takes its deadline from
 * `startToCloseTimeout` (less 15 s), so that a typed failure comes before Temporal's own.
 *
 * No policy has `maximumAttempts`: on a paid call the verdict ends the tries, elsewhere `scheduleToCloseTimeout` does.
 */
const backoff = {
  initialInterval: '2 seconds',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
} as const;

/** Without it the workflow goes on while a cancelled activity still runs. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** S3, Postgres, rendering. */
export const io = {
  taskQueue: 'io',
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { ...backoff, initialInterval: '1 second' },
  cancellationType,
} satisfies ActivityOptions;

/** ffmpeg and pictures: two hours of audio decode in about a minute of one core. */
export const media = {
  taskQueue: 'media',
  startToCloseTimeout: '30 minutes',
  scheduleToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: backoff,
  cancellationType,
} satisfies ActivityOptions;

/** An endpoint with a large model takes up to about ten minutes to wake; one that failed to in two hours will not. */
export const endpoint = {
  taskQueue: 'io',
  startToCloseTimeout: '20 minutes',
  scheduleToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: backoff,
  cancellationType,
} satisfies ActivityOptions;

/** A call to a model; `taskQueue` is the target's own. Seven days are a net: verdicts decide long before. */
const paid = {
  scheduleToCloseTimeout: '7 days',
  heartbeatTimeout: '20 seconds',
  retry: backoff,
  cancellationType,
} satisfies ActivityOptions;

/** 300 s of audio take a Whisper on one CPU core about 75 s (real-time factor 0.25). */
export const transcribe = { ...paid, startToCloseTimeout: '3 minutes' } satisfies ActivityOptions;
/** 180 s for a long section on a busy provider, answered in one piece. */
export const summarize = { ...paid, startToCloseTimeout: '195 seconds' } satisfies ActivityOptions;
export const illustrate = { ...paid, startToCloseTimeout: '5 minutes' } satisfies ActivityOptions;
export const moderate = { ...paid, startToCloseTimeout: '1 minute' } satisfies ActivityOptions;

/** A warm-up that comes late is useless: two tries, then the next one of the schedule. */
export const warm = {
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '3 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { ...backoff, maximumAttempts: 2 },
  cancellationType,
} satisfies ActivityOptions;
