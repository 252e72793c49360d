/** The models that this server has. The ids are what `hansard.yaml` of the local stack names. */
export const CATALOGUE = [
  { id: 'openai/whisper-base', task: 'automatic-speech-recognition', role: 'transcribe' },
  { id: 'hansard/extractive-v1', task: 'conversational', role: 'summarize' },
  { id: 'hansard/nsfwjs-mobilenet-v2-mid', task: 'image-classification', role: 'moderate' },
  { id: 'hansard/procedural-v1', task: 'text-to-image', role: 'illustrate' },
] as const;
export type CatalogueModel = (typeof CATALOGUE)[number];

/** By full id or by bare name; the router's policies (`:cheapest`) are no part of a model's name. */
export function findModel(name: string): CatalogueModel | null {
  const id = name.replace(/:(fastest|cheapest|preferred)$/, '');
  return CATALOGUE.find((model) => model.id === id || model.id.split('/')[1] === id) ?? null;
}
