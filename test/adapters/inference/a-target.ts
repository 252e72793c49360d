import type { Target } from '../../../adapters/inference/targets/target.ts';
import type { WireResponse } from '../../../adapters/inference/wire/wire-message.ts';

export const SECRET = 'hf_secretsecretsecret';

export const aTarget = (changes: Partial<Target> = {}): Target => ({
  name: 'the-target',
  role: 'transcribe',
  contract: 'hf-task',
  model: 'openai/whisper-large-v3',
  revision: null,
  baseUrl: 'https://router.huggingface.co',
  apiTokens: [SECRET],
  tokenVariable: 'HF_TOKEN',
  billTo: null,
  headers: {},
  concurrency: 4,
  requestsPerMinute: null,
  audioSeconds: 28,
  contextTokens: null,
  bodyBytes: null,
  coldStart: false,
  label: null,
  parameters: {},
  stream: false,
  audioByUrl: false,
  privateDownloads: false,
  tokenizer: null,
  price: null,
  endpoint: null,
  ...changes,
});

/** An answer: an object is sent as JSON, a text and bytes as they are. */
export const anAnswer = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): WireResponse => ({
  status,
  headers,
  bytes:
    body instanceof Uint8Array
      ? body
      : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
