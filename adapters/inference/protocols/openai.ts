import type { Target } from '../targets/target.ts';
import { ANY_TOKEN } from '../verdicts/verdict.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { chatCompletion, OPEN_CHAT } from './forms/chat-completion.ts';
import { imageGeneration, openaiImage } from './forms/image-generation.ts';
import { modelListQuestion } from './forms/probe-question.ts';
import { transcriptionForm } from './forms/transcription-form.ts';
import { embeddings } from './forms/vectors.ts';

const traits: ContractTraits = {
  router: null,
  ownRoute: null,
  authorizationScheme: () => 'Bearer',
  audio: { form: 'flac', byUrl: false },
  streams: true,
  whyNotModel: () => null,
  probeQuestion: modelListQuestion,
  neededToken: ANY_TOKEN,
  everyExceptionIs400: false,
};

const route =
  (path: string) =>
  ({ baseUrl }: Target): string =>
    // A base URL that ends with another version keeps it; the configuration removes only `/v1`.
    /\/v\d+$/.test(baseUrl) ? baseUrl + path : `${baseUrl}/v1${path}`;

/** Any OpenAI-compatible server: vLLM, SGLang, llama.cpp, LocalAI, speaches, Groq. */
export const openai = {
  traits,
  roles: {
    ...chatCompletion({
      url: route('/chat/completions'),
      // Servers differ in their form of JSON schemas, so the configuration may name it.
      places: { summarize: { ...OPEN_CHAT, responseFormat: null }, generate: OPEN_CHAT },
      dialect: 'openai',
      traits,
    }),
    transcribe: transcriptionForm(route('/audio/transcriptions')),
    illustrate: imageGeneration(route('/images/generations'), {}, openaiImage),
    embed: embeddings(route('/embeddings')),
  },
} satisfies WireContract;
