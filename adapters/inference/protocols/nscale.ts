import type { RoleContracts } from './contract.ts';
import type { Target } from '../targets/target.ts';
import { chatCompletion } from './forms/chat-completion.ts';
import { imageGeneration, openaiImage } from './forms/image-generation.ts';
import { providerUrl } from './forms/provider-url.ts';

const route =
  (path: string) =>
  (target: Target): string =>
    providerUrl('nscale', target, `/v1${path}`);

/** Nscale's OpenAI-compatible API. */
export const nscale = {
  ...chatCompletion(route('/chat/completions')),
  illustrate: imageGeneration(route('/images/generations'), openaiImage),
} satisfies RoleContracts;
