/** Names that client, workflows, activities and workers share. No zod here: workflows import these as values. */

export const TASK_QUEUES = {
  /** Workflow tasks only. */
  pipeline: 'pipeline',
  /** CPU: ffmpeg, voice activity, pictures. */
  media: 'media',
  /** S3, Postgres, rendering, and the look for stored results. */
  io: 'io',
} as const;

/** One activity queue a target, so that the target's rate limit is the queue's. */
export const paidQueue = (targetName: string): string => `paid.${targetName}`;

export const WORKFLOWS = {
  minutes: 'minutes',
  warmModels: 'warmModels',
  sweep: 'sweep',
} as const;

/** Keyword search attributes, registered by `hansard migrate`. */
export const SEARCH_ATTRIBUTES = ['Tenant', 'Stage', 'Language', 'Degraded'] as const;
export type SearchAttribute = (typeof SEARCH_ATTRIBUTES)[number];

export const PROGRESS_QUERY = 'progress';

/** A tenant id is an identifier and not a name. */
export const TENANT_PATTERN = /^[a-z0-9][a-z0-9-]{0,31}$/;
export const DEFAULT_TENANT = 'default';

/** A job id: 26 characters of lower-case base32 (RFC 4648 alphabet). */
export const JOB_ID_PATTERN = /^[a-z2-7]{26}$/;

export type JobKind = 'minutes';

export const workflowId = (kind: JobKind, tenant: string, jobId: string): string =>
  `${kind}/${tenant}/${jobId}`;

/** Windows of the fan-out: a manifest each. */
export const CHUNKS_PER_WINDOW = 200;

export const STAGES = [
  'prepare',
  'transcribe',
  'assemble',
  'summarize',
  'illustrate',
  'render',
  'publish',
] as const;
export type Stage = (typeof STAGES)[number];
