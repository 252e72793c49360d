import { z } from 'zod';
import type { Target } from '../../targets/target.ts';
import { encodeMultipart } from '../../wire/multipart.ts';
import type { Parsed, RoleContract } from '../contract.ts';
import { jsonBody } from '../reading/json-body.ts';
import { groqFacts, reportedText, reportedTokens } from '../reading/response-facts.ts';
import { segmentsSchema, transcriptReply, wordsSchema } from '../reading/transcribe-answer.ts';
import { postRequest } from './wire-requests.ts';
import { wireParameters, type WirePlaces } from './wire-parameters.ts';

/**
 * OpenAI's transcription: a form with the audio as a file, or with its address if the target has `audioByUrl`.
 * `isBare`: it takes neither a model nor the granularity of timestamps.
 */
export const transcriptionForm = (
  root: (target: Target) => string,
  { isBare }: { readonly isBare: boolean } = { isBare: false },
): RoleContract<'transcribe', Parsed<'transcribe'>> => ({
  places: PLACES,
  buildRequest: ({ audio, mediaType, url, language, words }, target) => {
    const parameters = textsOf({
      response_format: 'verbose_json',
      temperature: 0,
      ...(language === null ? {} : { language }),
      ...wireParameters(target, PLACES),
    });
    // Only the verbose form has timestamps; OpenAI refuses a request for them with any other.
    if (!isBare && parameters['response_format'] === 'verbose_json')
      parameters[GRANULARITIES] = words === true ? 'segment,word' : 'segment';
    const texts = isBare ? parameters : { model: target.model, ...parameters };
    const { contentType, body } = encodeMultipart([
      ...Object.entries(texts).flatMap(([name, value]) =>
        // A list is a field that comes several times.
        (name === GRANULARITIES ? value.split(',') : [value]).map((one) => ({ name, value: one })),
      ),
      target.audioByUrl && url !== null
        ? { name: 'file', value: url }
        : {
            name: 'file',
            // Servers recognise the format by the end of the name.
            filename: mediaType === 'audio/flac' ? 'chunk.flac' : 'chunk.wav',
            mediaType,
            bytes: audio,
          },
    ]);
    const address = `${root(target)}/audio/transcriptions`;
    return postRequest(address, body, parameters, { 'content-type': contentType });
  },

  parseResponse: (response, input, target) => {
    const body = jsonBody(response, transcriptionSchema, target);
    return transcriptReply(response, input, target, body, {
      inputTokens: body.usage?.input_tokens,
      outputTokens: body.usage?.output_tokens,
      requestId: body.x_groq?.id,
      servedModel: body.model,
    });
  },
});

const GRANULARITIES = 'timestamp_granularities[]';

/** OpenAI's published parameters; each is a field of the form. */
const PLACES: WirePlaces = {
  temperature: 'temperature',
  prompt: 'prompt',
  timestamps: { at: 'response_format', values: { segment: 'verbose_json', none: 'json' } },
};

const textsOf = (members: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [name, String(value)]));

const transcriptionSchema = z.object({
  text: z.string(),
  language: reportedText,
  model: reportedText,
  segments: segmentsSchema,
  words: wordsSchema,
  usage: reportedTokens,
  x_groq: groqFacts,
});
