import { HUGGING_FACE_TOKEN } from '../verdicts/verdict.ts';
import { COMMON_TRAITS } from './common-traits.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { chatCompletion, OPENAI_CHAT } from './forms/chat-completion.ts';

const traits: ContractTraits = {
  ...COMMON_TRAITS,
  router: { provider: null },
  neededToken: HUGGING_FACE_TOKEN,
};

/** Hugging Face's router: chat models of any provider, `owner/name[:provider or policy]`. */
export const hfChat = {
  traits,
  roles: chatCompletion({
    root: ({ baseUrl }) => `${baseUrl}/v1`,
    places: OPENAI_CHAT,
    dialect: 'openai',
    traits,
  }),
} satisfies WireContract;
