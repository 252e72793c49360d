import { sha256 } from '../../../adapters/identity/digest.ts';

export type Provider =
  'hf-inference' | 'fal-ai' | 'replicate' | 'together' | 'deepinfra' | 'nscale';

/** Statistics and faults know tasks by these names. */
export const ROLES = {
  'automatic-speech-recognition': 'transcribe',
  'speaker-diarization': 'diarize',
  conversational: 'summarize',
  summarization: 'summarize',
  'text-generation': 'generate',
  'image-classification': 'moderate',
  'text-to-image': 'illustrate',
  'text-classification': 'classify',
  'feature-extraction': 'embed',
} as const;
export type Task = keyof typeof ROLES;

export interface CatalogueModel {
  readonly id: string;
  readonly task: Task;
  /** The providers that serve it, as the hub lists them. */
  readonly providers: readonly Provider[];
}

/** The models of this server; `hansard.yaml` of the local stack names them by these ids. */
export const CATALOGUE: readonly CatalogueModel[] = [
  {
    id: 'openai/whisper-base',
    task: 'automatic-speech-recognition',
    providers: ['hf-inference', 'fal-ai', 'replicate', 'together', 'deepinfra'],
  },
  // No provider serves diarization: a dedicated endpoint does.
  { id: 'hansard/speakers-v1', task: 'speaker-diarization', providers: [] },
  {
    id: 'hansard/extractive-v1',
    task: 'conversational',
    providers: ['hf-inference', 'together', 'deepinfra', 'nscale'],
  },
  { id: 'hansard/extractive-summary-v1', task: 'summarization', providers: ['hf-inference'] },
  {
    id: 'hansard/extractive-completion-v1',
    task: 'text-generation',
    providers: ['hf-inference', 'together', 'deepinfra'],
  },
  {
    id: 'hansard/nsfwjs-mobilenet-v2-mid',
    task: 'image-classification',
    providers: ['hf-inference'],
  },
  {
    id: 'hansard/procedural-v1',
    task: 'text-to-image',
    providers: ['hf-inference', 'fal-ai', 'replicate', 'together', 'nscale'],
  },
  { id: 'hansard/lexicon-v1', task: 'text-classification', providers: ['hf-inference'] },
  {
    id: 'hansard/hashing-v1',
    task: 'feature-extraction',
    providers: ['hf-inference', 'together', 'deepinfra'],
  },
];

/** By full id or bare name; a policy of the router (`:cheapest`) or a provider's name may follow. */
export function findModel(name: string): CatalogueModel | null {
  const [id = '', suffix] = name.split(':');
  const model = CATALOGUE.find((one) => one.id === id || one.id.split('/')[1] === id) ?? null;
  if (suffix === undefined || model === null) return model;
  const known = ['fastest', 'cheapest', 'preferred', ...model.providers];
  return known.includes(suffix) ? model : null;
}

/** Null: the provider does not serve it. */
export function modelOf(provider: Provider, name: string): CatalogueModel | null {
  const model = findModel(name);
  return model?.providers.includes(provider) === true ? model : null;
}

/** What is struck and counted when a request names the model; null: there is none. */
export const roleFor = (model: CatalogueModel | null): string =>
  model === null ? 'unserved' : ROLES[model.task];

/** Replicate runs versions of 64 hex digits; ours are digests of the names. */
export const replicateVersion = (id: string): string => sha256(id);
