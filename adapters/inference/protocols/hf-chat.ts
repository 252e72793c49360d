import { chatCompletion } from './forms/chat-completion.ts';

/** Hugging Face's router: any provider's chat model, `owner/name[:provider or policy]`. */
export const hfChat = chatCompletion((target) => `${target.baseUrl}/v1/chat/completions`);
