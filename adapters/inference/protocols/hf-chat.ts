import { HUGGING_FACE_TOKEN } from '../verdicts/verdict.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { chatCompletion, OPENAI_CHAT } from './forms/chat-completion.ts';
import { modelListQuestion } from './forms/probe-question.ts';

const traits: ContractTraits = {
  router: { provider: null },
  ownRoute: null,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: false },
  streams: true,
  whyNotModel: () => null,
  probeQuestion: modelListQuestion,
  neededToken: HUGGING_FACE_TOKEN,
  everyExceptionIs400: false,
};

/** Hugging Face's router: chat models of any provider, `owner/name[:provider or policy]`. */
export const hfChat = {
  traits,
  roles: chatCompletion({
    url: ({ baseUrl }) => `${baseUrl}/v1/chat/completions`,
    places: { summarize: OPENAI_CHAT, generate: OPENAI_CHAT },
    dialect: 'openai',
    traits,
  }),
} satisfies WireContract;
