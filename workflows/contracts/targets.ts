/** Roles, wire contracts, and what of a target goes into a workflow's history: no URL, no secret. */
export const ROLES = [
  'transcribe',
  'summarize',
  'illustrate',
  'moderate',
  'classify',
  'generate',
  'embed',
] as const;
export type Role = (typeof ROLES)[number];

export const CONTRACT_NAMES = [
  'hf-chat',
  'hf-task',
  'fal',
  'replicate',
  'together',
  'deepinfra',
  'nscale',
  'openai',
  'tgi',
  'toolkit',
  'hfendpoints',
] as const;
export type ContractName = (typeof CONTRACT_NAMES)[number];

/** A target as the job's first activity recorded it. */
export interface RecordedTarget {
  readonly name: string;
  readonly contract: ContractName;
  readonly model: string;
  /** SHA-256 (hex) over contract, digest of the base URL, model. A worker with another one answers not served. */
  readonly fingerprint: string;
  /** Digest of the credentials' identity (the variable's name, never its value): tells "other credentials". */
  readonly credentials: string;
  /** Longest audio the target takes, in seconds; null: no limit known. */
  readonly audioSeconds: number | null;
  /** Prompt and answer together, in tokens; null: not known. */
  readonly contextTokens: number | null;
  readonly bodyBytes: number | null;
  readonly concurrency: number;
  /** Said beside the engine's name wherever results are shown; null: nothing to say. */
  readonly label: string | null;
  /** An Inference Endpoint that the management API can wake; absent: it is not, or the history is older. */
  readonly managed?: true;
}

/** The roles that a job of kind minutes uses, in order. The others serve batches, which name their role. */
export const PIPELINE_ROLES = [
  'transcribe',
  'summarize',
  'illustrate',
  'moderate',
] as const satisfies readonly Role[];
export type PipelineRole = (typeof PIPELINE_ROLES)[number];

/** One value per role of the pipeline. */
export const perRole = <T>(valueOf: (role: PipelineRole) => T): Record<PipelineRole, T> => ({
  transcribe: valueOf('transcribe'),
  summarize: valueOf('summarize'),
  illustrate: valueOf('illustrate'),
  moderate: valueOf('moderate'),
});

/** The targets of each role, as `startJob` recorded them. */
export type Chains = Readonly<Record<PipelineRole, readonly RecordedTarget[]>>;
