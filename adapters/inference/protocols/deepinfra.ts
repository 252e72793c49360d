import type { Target } from '../targets/target.ts';
import { ANY_TOKEN } from '../verdicts/verdict.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { chatCompletion, OPEN_CHAT } from './forms/chat-completion.ts';
import { modelListQuestion } from './forms/probe-question.ts';
import { providerRoutes } from './forms/provider-routes.ts';
import { transcriptionForm } from './forms/transcription-form.ts';
import { embeddings } from './forms/vectors.ts';

const traits: ContractTraits = {
  router: { provider: { name: 'deepinfra', modelNames: 'provider', tasks: {} } },
  ownRoute: null,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: false },
  streams: true,
  whyNotModel: () => null,
  probeQuestion: modelListQuestion,
  neededToken: ANY_TOKEN,
  everyExceptionIs400: false,
};

const routes = providerRoutes({
  prefix: '/deepinfra',
  hosts: ['api.deepinfra.com'],
  root: '/v1/openai',
});

const route =
  (path: string) =>
  (target: Target): string =>
    routes.url(target, `/v1/openai${path}`);

/** DeepInfra's OpenAI-compatible API. */
export const deepinfra = {
  traits,
  roles: {
    ...chatCompletion({
      url: route('/chat/completions'),
      places: { summarize: OPEN_CHAT, generate: OPEN_CHAT },
      dialect: 'openai',
      traits,
    }),
    transcribe: transcriptionForm(route('/audio/transcriptions')),
    embed: embeddings(route('/embeddings')),
  },
} satisfies WireContract;
