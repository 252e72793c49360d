import { z } from 'zod';
import type { Contract, Target } from '../contract.ts';
import { encodeMultipart } from '../multipart.ts';
import { toIsoLanguage } from '../iso-language.ts';
import { chatCompletion } from './chat-completion.ts';
import { jsonBody } from './json-body.ts';
import { responseFacts, usageOf, word } from './response-facts.ts';
import { toTranscribeAnswer } from './transcribe-answer.ts';

/** Any OpenAI-compatible server: vLLM, SGLang, llama.cpp, speaches, Groq. */
const route = (target: Target, path: string): string =>
  // A base that ends with a version has its own; `/v1` itself the configuration has cut off.
  /\/v\d+$/.test(target.baseUrl) ? target.baseUrl + path : `${target.baseUrl}/v1${path}`;

const transcribe: Contract<'transcribe'> = {
  buildRequest: (input, target) => {
    const parameters = {
      response_format: 'verbose_json',
      'timestamp_granularities[]': 'segment',
      temperature: '0',
      ...(input.language === null ? {} : { language: input.language }),
    };
    const { contentType, body } = encodeMultipart([
      { name: 'model', value: target.model },
      ...Object.entries(parameters).map(([name, value]) => ({ name, value })),
      // Servers tell the format by the name's ending.
      { name: 'file', filename: 'chunk.flac', mediaType: input.mediaType, bytes: input.audio },
    ]);
    return {
      method: 'POST',
      url: route(target, '/audio/transcriptions'),
      headers: { 'content-type': contentType, accept: 'application/json' },
      body,
      parameters,
    };
  },

  parseResponse: (response, input, target) => {
    const body = jsonBody(response, verboseJsonSchema, target);
    return {
      answer: toTranscribeAnswer(
        {
          text: body.text,
          language: toIsoLanguage(body.language ?? null),
          segments: body.segments ?? [],
        },
        { response, durationSeconds: input.durationSeconds, target },
      ),
      usage: usageOf(response, { audioSeconds: input.durationSeconds }),
      ...responseFacts(response),
      servedModel: word(body.model),
    };
  },
};

const verboseJsonSchema = z.object({
  text: z.string(),
  language: z.string().nullish().catch(null),
  model: z.string().nullish().catch(null),
  segments: z
    .array(z.object({ start: z.number().nullable(), end: z.number().nullable(), text: z.string() }))
    .nullish(),
});

export const openai = {
  transcribe,
  summarize: chatCompletion((target) => route(target, '/chat/completions')),
};
