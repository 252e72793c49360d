/** Names that client, workflows, activities and workers share. Workflows import these values, so no zod here. */

export const TASK_QUEUES = {
  /** Workflow tasks only. */
  pipeline: 'pipeline',
  /** CPU: ffmpeg, voice activity, pictures. */
  media: 'media',
  /** S3, Postgres, rendering, and looking up stored results. */
  io: 'io',
  /** Posts to the servers of others, which may be slow: they hold up no job. */
  webhooks: 'webhooks',
} as const;

/** One activity queue per target, so that the rate limit of the queue is that of the target. */
export const paidQueue = (targetName: string): string => `paid.${targetName}`;

export const WORKFLOWS = {
  minutes: 'minutes',
  revise: 'revise',
  approval: 'approval',
  delivery: 'delivery',
  playback: 'playback',
  warmModels: 'warmModels',
  sweep: 'sweep',
} as const;

/** Keyword search attributes, registered by `hansard migrate`. */
export const SEARCH_ATTRIBUTES = ['Tenant', 'Stage', 'Language', 'Degraded'] as const;
export type SearchAttribute = (typeof SEARCH_ATTRIBUTES)[number];

export const PROGRESS_QUERY = 'progress';

/** To a `minutes` workflow: chunks can be transcribed although the recording is not prepared yet. */
export const CHUNKS_READY_SIGNAL = 'chunksReady';

/** What a revision will cost in calls: null until that is known. */
export const CALLS_QUERY = 'calls';
/** The answer to it: the calls are wanted. */
export const PROCEED_SIGNAL = 'proceed';

/** Tells `approval` that the job shows another version. */
export const LOOK_SIGNAL = 'look';

/** A tenant's id, not its name. */
export const TENANT_PATTERN = /^[a-z0-9][a-z0-9-]{0,31}$/;
export const DEFAULT_TENANT = 'default';

/** A job id: 26 characters of lower-case base32 (RFC 4648 alphabet). */
export const JOB_ID_PATTERN = /^[a-z2-7]{26}$/;

export type JobKind = 'minutes';

export const workflowId = (kind: JobKind, tenant: string, jobId: string): string =>
  `${kind}/${tenant}/${jobId}`;

/** One revision of a job at a time: each is made from the one before. */
export const revisionWorkflowId = (tenant: string, jobId: string): string =>
  `revise/${tenant}/${jobId}`;

/** One for a job, while its draft waits. */
export const approvalWorkflowId = (tenant: string, jobId: string): string =>
  `approval/${tenant}/${jobId}`;

/** One for each round of a message to an endpoint. */
export const deliveryWorkflowId = (tenant: string, deliveryId: string, replays: number): string =>
  `delivery/${tenant}/${deliveryId}/${replays}`;
/** One for a recording, while what browsers play of it is made. */
export const playbackWorkflowId = (tenant: string, sourceSha256: string): string =>
  `playback/${tenant}/${sourceSha256}`;

/** Chunks are transcribed in windows; each window has one manifest. */
export const CHUNKS_PER_WINDOW = 200;

export const STAGES = [
  'prepare',
  'transcribe',
  'diarize',
  'assemble',
  'summarize',
  'illustrate',
  'render',
  'publish',
] as const;
export type Stage = (typeof STAGES)[number];
