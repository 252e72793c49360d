import { providerTraits } from './common-traits.ts';
import type { WireContract } from './contract.ts';
import { chatCompletion, OPEN_CHAT } from './forms/chat-completion.ts';
import { providerRoutes } from './forms/provider-routes.ts';
import { transcriptionForm } from './forms/transcription-form.ts';
import { embeddings } from './forms/vectors.ts';

const traits = providerTraits('deepinfra');

const root = providerRoutes({
  prefix: '/deepinfra',
  hosts: ['api.deepinfra.com'],
  root: '/v1/openai',
}).url('/v1/openai');

/** DeepInfra's OpenAI-compatible API. */
export const deepinfra = {
  traits,
  roles: {
    ...chatCompletion({ root, places: OPEN_CHAT, dialect: 'openai', traits }),
    transcribe: transcriptionForm(root),
    embed: embeddings(root),
  },
} satisfies WireContract;
