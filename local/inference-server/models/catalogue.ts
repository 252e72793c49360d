import { sha256 } from '../../../adapters/identity/digest.ts';

export const PROVIDERS = [
  'hf-inference',
  'fal-ai',
  'replicate',
  'together',
  'deepinfra',
  'nscale',
] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface CatalogueModel {
  readonly id: string;
  readonly task:
    | 'automatic-speech-recognition'
    | 'conversational'
    | 'image-classification'
    | 'text-to-image'
    | 'text-classification'
    | 'feature-extraction';
  readonly role: string;
  /** Who serves it, as the hub's mapping says. */
  readonly providers: readonly Provider[];
}

/** The models that this server has. The ids are what `hansard.yaml` of the local stack names. */
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

/** By full id or by bare name; a policy of the router (`:cheapest`) or a provider's name may follow. */
export function findModel(name: string): CatalogueModel | null {
  const [id = '', suffix] = name.split(':');
  const model = CATALOGUE.find((one) => one.id === id || one.id.split('/')[1] === id) ?? null;
  if (suffix === undefined || model === null) return model;
  const known = ['fastest', 'cheapest', 'preferred', ...model.providers];
  return known.includes(suffix) ? model : null;
}

/** Null where that provider has not got it. */
export function modelOf(provider: Provider, name: string): CatalogueModel | null {
  const model = findModel(name);
  return model?.providers.includes(provider) === true ? model : null;
}

/** Replicate runs versions, 64 hex digits; ours are digests of the names. */
export const replicateVersion = (id: string): string => sha256(id);
