import type { RoleContracts } from './contract.ts';
import type { Target } from '../targets/target.ts';
import { chatCompletion } from './forms/chat-completion.ts';
import { embeddings } from './forms/embeddings.ts';
import { imageGeneration } from './forms/image-generation.ts';
import { providerUrl } from './forms/provider-url.ts';
import { transcriptionForm } from './forms/transcription-form.ts';

const route =
  (path: string) =>
  (target: Target): string =>
    providerUrl('together', target, `/v1${path}`);

/** Together's own API: its model names, its form of JSON schemas and of pictures. */
export const together = {
  ...chatCompletion(route('/chat/completions')),
  transcribe: transcriptionForm(route('/audio/transcriptions')),
  illustrate: imageGeneration(
    route('/images/generations'),
    ({ width, height, seed, negativePrompt }) => ({
      n: 1,
      width,
      height,
      seed,
      ...(negativePrompt === '' ? {} : { negative_prompt: negativePrompt }),
      response_format: 'base64',
    }),
  ),
  embed: embeddings(route('/embeddings')),
} satisfies RoleContracts;
