import type { RoleContracts, Target } from '../contract.ts';
import { chatCompletion } from './chat-completion.ts';
import { embeddings } from './embeddings.ts';
import { providerUrl } from './provider-url.ts';
import { transcriptionForm } from './transcription-form.ts';

const route =
  (path: string) =>
  (target: Target): string =>
    providerUrl('deepinfra', target, `/v1/openai${path}`);

/** DeepInfra's OpenAI-compatible API. */
export const deepinfra = {
  ...chatCompletion(route('/chat/completions')),
  transcribe: transcriptionForm(route('/audio/transcriptions')),
  embed: embeddings(route('/embeddings')),
} satisfies RoleContracts;
