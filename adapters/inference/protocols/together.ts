import { COMMON_TRAITS, providerTraits } from './common-traits.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { chatCompletion, OPEN_CHAT } from './forms/chat-completion.ts';
import { imageGeneration } from './forms/image-generation.ts';
import { providerRoutes } from './forms/provider-routes.ts';
import { transcriptionForm } from './forms/transcription-form.ts';
import { embeddings } from './forms/vectors.ts';

const traits: ContractTraits = {
  ...providerTraits('together'),
  audio: { ...COMMON_TRAITS.audio, byUrl: true },
};

const root = providerRoutes({
  prefix: '/together',
  hosts: ['api.together.xyz', 'api.together.ai'],
}).url('/v1');

/** Together's own API: its model names, and its forms of JSON schemas and pictures. */
export const together = {
  traits,
  roles: {
    ...chatCompletion({ root, places: OPEN_CHAT, dialect: 'together', traits }),
    transcribe: transcriptionForm(root),
    illustrate: imageGeneration(
      root,
      { steps: 'steps', guidanceScale: 'guidance' },
      ({ width, height, seed, negativePrompt }) => ({
        n: 1,
        width,
        height,
        seed,
        ...(negativePrompt === '' ? {} : { negative_prompt: negativePrompt }),
        response_format: 'base64',
      }),
    ),
    embed: embeddings(root),
  },
} satisfies WireContract;
