/** Roles, and the part of a target that workflow histories hold: no URL, no secret. */
export const ROLES = [
  'transcribe',
  'diarize',
  'summarize',
  'illustrate',
  'moderate',
  'classify',
  'generate',
  'embed',
] as const;
export type Role = (typeof ROLES)[number];

/** A target as `startJob`, the job's first activity, recorded it. */
export interface RecordedTarget {
  readonly name: string;
  /** The wire format; its names are those of the table in `adapters/inference/protocols/`. */
  readonly contract: string;
  readonly model: string;
  /** SHA-256 (hex) of contract, digest of the base URL, and model. A worker whose target differs answers `not_served`. */
  readonly fingerprint: string;
  /** Digest of the name of the credentials' variable, never of its value: shows whether two targets share an account. */
  readonly credentials: string;
  /** Longest audio that the target takes, in seconds; null: no known limit. */
  readonly audioSeconds: number | null;
  /** Prompt and answer together, in tokens; null: not known. */
  readonly contextTokens: number | null;
  readonly bodyBytes: number | null;
  readonly concurrency: number;
  /** Shown beside the engine's name in all results; null: no label. */
  readonly label: string | null;
  /** An Inference Endpoint that the management API can wake. Absent for other targets, and in older histories. */
  readonly managed?: true;
}

/** Why a target did not answer an item. */
export interface TargetFailure {
  readonly type: string;
  /** Empty: no target's. */
  readonly target: string;
  /** Names target, status and remedy; written by Hansard, not by the provider. */
  readonly message: string;
}

/** The roles that a job of kind minutes uses, in order. The others serve batches, which name their role. */
export const PIPELINE_ROLES = [
  'transcribe',
  'diarize',
  'summarize',
  'illustrate',
  'moderate',
] as const satisfies readonly Role[];
export type PipelineRole = (typeof PIPELINE_ROLES)[number];

/** One value per role of the pipeline. */
export const perRole = <T>(valueOf: (role: PipelineRole) => T): Record<PipelineRole, T> => ({
  transcribe: valueOf('transcribe'),
  diarize: valueOf('diarize'),
  summarize: valueOf('summarize'),
  illustrate: valueOf('illustrate'),
  moderate: valueOf('moderate'),
});

/** One value per role of the pipeline, as histories hold them: older ones have none for `diarize`. */
export type PerRole<T> = Readonly<Omit<Record<PipelineRole, T>, 'diarize'> & { diarize?: T }>;

/** The targets of each role, as `startJob` recorded them. */
export type Chains = PerRole<readonly RecordedTarget[]>;
