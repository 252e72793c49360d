import { providerTraits } from './common-traits.ts';
import type { WireContract } from './contract.ts';
import { chatCompletion, OPENAI_CHAT } from './forms/chat-completion.ts';
import { imageGeneration, openaiImage } from './forms/image-generation.ts';
import { providerRoutes } from './forms/provider-routes.ts';

const traits = providerTraits('nscale');

const root = providerRoutes({ prefix: '/nscale', hosts: ['inference.api.nscale.com'] }).url('/v1');

/** Nscale's OpenAI-compatible API. */
export const nscale = {
  traits,
  roles: {
    ...chatCompletion({ root, places: OPENAI_CHAT, dialect: 'openai', traits }),
    illustrate: imageGeneration(root, {}, openaiImage),
  },
} satisfies WireContract;
