import type { RoleContracts } from './contract.ts';
import type { Target } from '../targets/target.ts';
import { chatCompletion } from './forms/chat-completion.ts';
import { embeddings } from './forms/embeddings.ts';
import { imageGeneration, openaiImage } from './forms/image-generation.ts';
import { transcriptionForm } from './forms/transcription-form.ts';

/** Any OpenAI-compatible server: vLLM, SGLang, llama.cpp, LocalAI, speaches, Groq. */
const route =
  (path: string) =>
  ({ baseUrl }: Target): string =>
    // A base that ends with a version has its own; `/v1` itself the configuration has cut off.
    /\/v\d+$/.test(baseUrl) ? baseUrl + path : `${baseUrl}/v1${path}`;

export const openai = {
  ...chatCompletion(route('/chat/completions')),
  transcribe: transcriptionForm(route('/audio/transcriptions')),
  illustrate: imageGeneration(route('/images/generations'), openaiImage),
  embed: embeddings(route('/embeddings')),
} satisfies RoleContracts;
