import type { Target } from '../targets/target.ts';
import { ANY_TOKEN } from '../verdicts/verdict.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { chatCompletion, OPEN_CHAT } from './forms/chat-completion.ts';
import { imageGeneration } from './forms/image-generation.ts';
import { modelListQuestion } from './forms/probe-question.ts';
import { providerRoutes } from './forms/provider-routes.ts';
import { transcriptionForm } from './forms/transcription-form.ts';
import { embeddings } from './forms/vectors.ts';

const traits: ContractTraits = {
  router: { provider: { name: 'together', modelNames: 'provider', tasks: {} } },
  ownRoute: null,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: true },
  streams: true,
  whyNotModel: () => null,
  probeQuestion: modelListQuestion,
  neededToken: ANY_TOKEN,
  everyExceptionIs400: false,
};

const routes = providerRoutes({
  prefix: '/together',
  hosts: ['api.together.xyz', 'api.together.ai'],
});

const route =
  (path: string) =>
  (target: Target): string =>
    routes.url(target, `/v1${path}`);

/** Together's own API: its model names, and its forms of JSON schemas and pictures. */
export const together = {
  traits,
  roles: {
    ...chatCompletion({
      url: route('/chat/completions'),
      places: { summarize: OPEN_CHAT, generate: OPEN_CHAT },
      dialect: 'together',
      traits,
    }),
    transcribe: transcriptionForm(route('/audio/transcriptions')),
    illustrate: imageGeneration(
      route('/images/generations'),
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
    embed: embeddings(route('/embeddings')),
  },
} satisfies WireContract;
