import { ANY_TOKEN } from '../verdicts/verdict.ts';
import type { ContractTraits } from './contract.ts';
import { modelListQuestion } from './forms/probe-question.ts';

/** What most contracts have in common. A contract spreads it and states its differences. */
export const COMMON_TRAITS = {
  ownRoute: null,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: false, detectsLanguage: true, tellsWords: true },
  streams: true,
  whyNotModel: () => null,
  probeQuestion: modelListQuestion,
  neededToken: ANY_TOKEN,
  everyExceptionIs400: false,
} as const satisfies Omit<ContractTraits, 'router'>;

/** Of a provider whose own API the router passes through. `name`: as the hub knows it. */
export const providerTraits = (name: string): ContractTraits => ({
  ...COMMON_TRAITS,
  router: { provider: { name, modelNames: 'provider', tasks: {} } },
});
