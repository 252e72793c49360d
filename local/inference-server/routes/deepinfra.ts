import { openAiRefusal } from '../http/refusal.ts';
import type { Route } from '../http/route.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { completeChat } from '../tasks/chat-completion.ts';
import { answerEmbeddings } from '../tasks/embeddings.ts';
import { transcribeForm } from '../tasks/transcription-form.ts';
import { openAiVerboseBody } from '../tasks/verbose-transcription.ts';
import { openAiResponseFormat } from './openai.ts';
import { requireServed } from './require-served.ts';

const headers = { 'x-inference-provider': 'deepinfra' };

/** `/deepinfra/v1/openai/…`: OpenAI's forms under another path. */
export const deepinfra = (transcriber: Transcriber): readonly Route[] => [
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/deepinfra\/v1\/openai\/audio\/transcriptions$/,
    role: () => 'transcribe',
    handle: (request) =>
      transcribeForm(request, transcriber, {
        refuse: openAiRefusal,
        checkModel: requireServed('deepinfra', 'automatic-speech-recognition'),
        formats: ['json', 'text', 'verbose_json'],
        granularityFields: ['timestamp_granularities[]'],
        defaultLanguage: null,
        takesAddress: false,
        verboseBody: openAiVerboseBody,
        headers,
      }),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/deepinfra\/v1\/openai\/chat\/completions$/,
    role: () => 'summarize',
    handle: async (request) =>
      completeChat(request, {
        refuse: openAiRefusal,
        checkModel: requireServed('deepinfra', 'conversational'),
        responseFormat: openAiResponseFormat,
        headers,
      }),
  },
  {
    kind: 'model',
    method: 'POST',
    pattern: /^\/deepinfra\/v1\/openai\/embeddings$/,
    role: () => 'embed',
    handle: async (request) =>
      answerEmbeddings(request, {
        refuse: openAiRefusal,
        checkModel: requireServed('deepinfra', 'feature-extraction'),
        headers,
      }),
  },
];
