import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';
import { OWN_ERRORS } from './contracts/failures.ts';

/**
 * All timeouts and retries. Only Temporal retries: HTTP clients and SDKs do not. An HTTP call ends 15 s before
 * `startToCloseTimeout`, so that it fails with a typed failure and not with Temporal's timeout.
 *
 * A job has no `scheduleToCloseTimeout`: it counts the time in the queue, and a long queue or an absent worker is not a
 * failure. Each attempt and their number are limited.
 */
const backoff = {
  initialInterval: '2 seconds',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
} as const;

/** A cancelled workflow waits until its cancelled activities have ended. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** Two hours of attempts that fail at once. */
const common = {
  heartbeatTimeout: '30 seconds',
  retry: { ...backoff, maximumAttempts: 125 },
  cancellationType,
} as const;

/** S3, Postgres, rendering. Half an hour of attempts that fail at once. */
export const io = {
  ...common,
  taskQueue: 'io',
  startToCloseTimeout: '2 minutes',
  retry: { ...backoff, initialInterval: '1 second', maximumAttempts: 37 },
} satisfies ActivityOptions;

/** A draft waits for days, and a database that is away meanwhile comes back: months of attempts that fail at once. */
export const approval = {
  ...io,
  retry: { ...backoff, maximumInterval: '10 minutes', maximumAttempts: 30_000 },
} satisfies ActivityOptions;

/**
 * One post to an endpoint, which ends after 15 s. Whether the endpoint took it is an answer: these attempts are for a
 * database that is away, and a message waits for it as long as a draft does.
 */
export const webhooks = {
  ...approval,
  taskQueue: 'webhooks',
  startToCloseTimeout: '1 minute',
} satisfies ActivityOptions;

/**
 * Errors of our own code, and stored objects that are not there: the next try would fail in the same way. Where a job
 * can do without the activity, it is not tried again. An object that this worker cannot read is, by a newer one.
 */
const nonRetryableErrorTypes = [...OWN_ERRORS, 'ObjectNotFoundError'];

const withoutRetryOfBugs = <P extends { readonly retry: object }>(policy: P) => ({
  ...policy,
  retry: { ...policy.retry, nonRetryableErrorTypes },
});

/** Pictures. */
const media = {
  ...common,
  taskQueue: 'media',
  startToCloseTimeout: '30 minutes',
} satisfies ActivityOptions;

/** ffmpeg and the voice detector. A day of audio takes one core ten minutes, and a busy one hours. */
export const prepare = { ...media, startToCloseTimeout: '6 hours' } satisfies ActivityOptions;

/** A recording that was transcribed can be decoded: what fails five times is the machine's fault, and is asked for again. */
export const playback = {
  ...prepare,
  retry: { ...backoff, maximumAttempts: 5, nonRetryableErrorTypes },
} satisfies ActivityOptions;

/** What reads or writes all of a recording: a day has up to 17,280 chunks. */
export const wholeRecording = {
  ...io,
  startToCloseTimeout: '15 minutes',
} satisfies ActivityOptions;

/** The stages after the transcript: what is left without them is published. */
export const laterIo = withoutRetryOfBugs(io) satisfies ActivityOptions;
export const laterWholeRecording = withoutRetryOfBugs(wholeRecording) satisfies ActivityOptions;
export const laterMedia = withoutRetryOfBugs(media) satisfies ActivityOptions;

/** One look at an endpoint. A failed look is followed by the next one until the activity's patience ends the wait. */
export const endpoint = {
  ...common,
  taskQueue: 'io',
  startToCloseTimeout: '2 minutes',
  retry: { ...backoff, maximumAttempts: 30_000 },
} satisfies ActivityOptions;

/**
 * A call to a model, on the queue of its target. Verdicts and patience end the tries. The number is for what has no
 * verdict, such as a ledger that is down: three weeks at one attempt a minute, and eight hours of patience with a
 * provider that asks for a second.
 */
const paid = {
  ...common,
  heartbeatTimeout: '20 seconds',
  retry: { ...backoff, maximumAttempts: 30_000 },
} satisfies ActivityOptions;

const laterPaid = withoutRetryOfBugs(paid);

/** Whisper on one CPU core transcribes 300 s of audio in about 75 s (real-time factor 0.25). */
export const transcribe = { ...paid, startToCloseTimeout: '3 minutes' } satisfies ActivityOptions;
/**
 * Telling the voices of a whole recording apart takes a core 0.034 of its length, and the machine may be busy with its
 * transcription.
 */
export const diarize = (durationSeconds: number) =>
  ({
    ...laterPaid,
    startToCloseTimeout: `${Math.ceil(300 + 0.2 * durationSeconds)} seconds`,
  }) satisfies ActivityOptions;
/** 180 s for a long section on a busy provider, answered in one piece. */
export const summarize = {
  ...laterPaid,
  startToCloseTimeout: '4 minutes',
} satisfies ActivityOptions;
export const illustrate = {
  ...laterPaid,
  startToCloseTimeout: '5 minutes',
} satisfies ActivityOptions;
export const moderate = { ...laterPaid, startToCloseTimeout: '1 minute' } satisfies ActivityOptions;

/** A late warm-up is useless: after two tries the next one of the schedule takes over. */
export const warm = {
  ...paid,
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '3 minutes',
  retry: { ...backoff, maximumAttempts: 2 },
} satisfies ActivityOptions;
