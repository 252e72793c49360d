import type { RoleContracts } from './contract.ts';
import type { Target } from '../targets/target.ts';
import { chatCompletion } from './forms/chat-completion.ts';
import { embeddings } from './forms/embeddings.ts';
import { providerUrl } from './forms/provider-url.ts';
import { transcriptionForm } from './forms/transcription-form.ts';

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
