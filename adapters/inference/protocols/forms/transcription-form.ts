import { z } from 'zod';
import type { Target } from '../../targets/target.ts';
import { encodeMultipart } from '../../wire/multipart.ts';
import type { Parsed, RoleContract } from '../contract.ts';
import { jsonBody } from '../reading/json-body.ts';
import { transcriptReply } from '../reading/transcribe-answer.ts';
import { mergeMembers } from './wire-json.ts';
import { wireParameters, type WirePlaces } from './wire-parameters.ts';

/**
 * OpenAI's transcription: a form with the audio as a file, or with its address if the target has `audioByUrl`.
 * `parametersOf` gives the call's parameters, `fieldsOf` the other fields, such as the model.
 */
export const transcriptionForm = (
  root: (target: Target) => string,
  parametersOf: FormParameters = openaiParameters,
  fieldsOf: (target: Target) => readonly FormField[] = ({ model }) => [
    { name: 'model', value: model },
  ],
): RoleContract<'transcribe', Parsed<'transcribe'>> => ({
  places: PLACES,
  buildRequest: (input, target) => {
    const parameters = parametersOf(input.language, target);
    const { contentType, body } = encodeMultipart([
      ...fieldsOf(target),
      ...Object.entries(parameters).map(([name, value]) => ({ name, value })),
      target.audioByUrl && input.url !== null
        ? { name: 'file', value: input.url }
        : {
            name: 'file',
            // Servers recognise the format by the end of the name.
            filename: input.mediaType === 'audio/flac' ? 'chunk.flac' : 'chunk.wav',
            mediaType: input.mediaType,
            bytes: input.audio,
          },
    ]);
    return {
      method: 'POST',
      url: `${root(target)}/audio/transcriptions`,
      headers: { 'content-type': contentType, accept: 'application/json' },
      body,
      parameters,
    };
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

/** OpenAI's published parameters; each is a field of the form. */
const PLACES: WirePlaces = {
  temperature: 'temperature',
  prompt: 'prompt',
  timestamps: { at: 'response_format', values: { segment: 'verbose_json', none: 'json' } },
};

type FormParameters = (language: string | null, target: Target) => Record<string, string>;
interface FormField {
  readonly name: string;
  readonly value: string;
}

/** The fields that every such form has, and the configured ones; all are texts. */
export function formParameters(language: string | null, target: Target): Record<string, string> {
  const members = mergeMembers(
    { response_format: 'verbose_json', temperature: 0, ...(language === null ? {} : { language }) },
    wireParameters(target, PLACES),
  );
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, String(value)]));
}

function openaiParameters(language: string | null, target: Target): Record<string, string> {
  const texts = formParameters(language, target);
  // Only the verbose form has timestamps; OpenAI refuses a request for them with any other.
  return texts['response_format'] === 'verbose_json'
    ? { ...texts, 'timestamp_granularities[]': 'segment' }
    : texts;
}

const tokens = z.int().nonnegative().nullish().catch(null);

/** Whisper's own facts (`avg_logprob`, `no_speech_prob`, `compression_ratio`, …) are ignored. */
const transcriptionSchema = z.object({
  text: z.string(),
  language: z.string().nullish().catch(null),
  model: z.string().nullish().catch(null),
  segments: z
    .array(z.object({ start: z.number().nullable(), end: z.number().nullable(), text: z.string() }))
    .nullish(),
  /** From models that bill audio by tokens. */
  usage: z.object({ input_tokens: tokens, output_tokens: tokens }).nullish().catch(null),
  x_groq: z.object({ id: z.string().nullish() }).nullish().catch(null),
});
