import { sha256 } from '../../../adapters/identity/digest.ts';

export type Provider =
  'hf-inference' | 'fal-ai' | 'replicate' | 'together' | 'deepinfra' | 'nscale';

export type Task =
  | 'automatic-speech-recognition'
  | 'conversational'
  | 'image-classification'
  | 'text-to-image'
  | 'text-classification'
  | 'feature-extraction';

export interface CatalogueModel {
  readonly id: string;
  readonly task: Task;
  readonly role: string;
  /** The providers that serve it, as the hub lists them. */
  readonly providers: readonly Provider[];
}

/** The models of this server; `hansard.yaml` of the local stack names them by these ids. */
export const CATALOGUE: readonly CatalogueModel[] = [
  {
    id: 'openai/whisper-base',
    task: 'automatic-speech-recognition',
    role: 'transcribe',
    providers: ['hf-inference', 'fal-ai', 'replicate', 'together', 'deepinfra'],
  },
  {
    id: 'hansard/extractive-v1',
    task: 'conversational',
    role: 'summarize',
    providers: ['hf-inference', 'together', 'deepinfra', 'nscale'],
  },
  {
    id: 'hansard/nsfwjs-mobilenet-v2-mid',
    task: 'image-classification',
    role: 'moderate',
    providers: ['hf-inference'],
  },
  {
    id: 'hansard/procedural-v1',
    task: 'text-to-image',
    role: 'illustrate',
    providers: ['hf-inference', 'fal-ai', 'replicate', 'together', 'nscale'],
  },
  {
    id: 'hansard/lexicon-v1',
    task: 'text-classification',
    role: 'classify',
    providers: ['hf-inference'],
  },
  {
    id: 'hansard/hashing-v1',
    task: 'feature-extraction',
    role: 'embed',
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

/** Replicate runs versions of 64 hex digits; ours are digests of the names. */
export const replicateVersion = (id: string): string => sha256(id);
