import type { Target } from '../targets/target.ts';
import { ANY_TOKEN } from '../verdicts/verdict.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { chatCompletion, OPENAI_CHAT } from './forms/chat-completion.ts';
import { imageGeneration, openaiImage } from './forms/image-generation.ts';
import { modelListQuestion } from './forms/probe-question.ts';
import { providerRoutes } from './forms/provider-routes.ts';

const traits: ContractTraits = {
  router: { provider: { name: 'nscale', modelNames: 'provider', tasks: {} } },
  ownRoute: null,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: false },
  streams: true,
  whyNotModel: () => null,
  probeQuestion: modelListQuestion,
  neededToken: ANY_TOKEN,
  everyExceptionIs400: false,
};

const routes = providerRoutes({ prefix: '/nscale', hosts: ['inference.api.nscale.com'] });

const route =
  (path: string) =>
  (target: Target): string =>
    routes.url(target, `/v1${path}`);

/** Nscale's OpenAI-compatible API. */
export const nscale = {
  traits,
  roles: {
    ...chatCompletion({
      url: route('/chat/completions'),
      places: { summarize: OPENAI_CHAT, generate: OPENAI_CHAT },
      dialect: 'openai',
      traits,
    }),
    illustrate: imageGeneration(route('/images/generations'), {}, openaiImage),
  },
} satisfies WireContract;
