import type { Target } from '../targets/target.ts';
import { COMMON_TRAITS } from './common-traits.ts';
import type { ContractTraits, WireContract } from './contract.ts';
import { chatCompletion, OPEN_CHAT } from './forms/chat-completion.ts';
import { imageGeneration, openaiImage } from './forms/image-generation.ts';
import { transcriptionForm } from './forms/transcription-form.ts';
import { embeddings } from './forms/vectors.ts';

const traits: ContractTraits = { ...COMMON_TRAITS, router: null };

/** A base URL that ends with another version keeps it; the configuration removes only `/v1`. */
const root = ({ baseUrl }: Target): string => (/\/v\d+$/.test(baseUrl) ? baseUrl : `${baseUrl}/v1`);

/** Any OpenAI-compatible server: vLLM, SGLang, llama.cpp, LocalAI, speaches, Groq. */
export const openai = {
  traits,
  roles: {
    ...chatCompletion({
      root,
      // Servers differ in these two, so the configuration may name them.
      places: { ...OPEN_CHAT, tokenLimit: null },
      summaryPlaces: { ...OPEN_CHAT, tokenLimit: null, responseFormat: null },
      dialect: 'openai',
      traits,
    }),
    transcribe: transcriptionForm(root),
    illustrate: imageGeneration(root, {}, openaiImage),
    embed: embeddings(root),
  },
} satisfies WireContract;
