import { z } from 'zod';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import type { FileStore } from '../file-store.ts';
import { addressOf } from '../http/address.ts';
import { Refusal } from '../http/refusal.ts';
import { check, readJson } from '../http/read-json.ts';
import type { RouteRequest } from '../http/route.ts';
import type { CatalogueModel } from '../models/catalogue.ts';
import { readLanguage, toEnglishName } from '../models/language-names.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { hear, readAudioAddress } from '../tasks/hear-address.ts';
import { drawOrder } from '../tasks/image-generation.ts';
import {
  guidanceSchema,
  negativePromptSchema,
  promptSchema,
  seedSchema,
  sideSchema,
  stepsSchema,
} from '../tasks/picture-fields.ts';
import { numberedSegments, spokenText } from '../tasks/verbose-transcription.ts';

export interface ReplicateOrder {
  readonly model: CatalogueModel;
  readonly inputDigest: string;
  readonly run: () => Promise<unknown>;
}

/** RFC 9457, as Replicate refuses. */
export const problem = (
  status: number,
  title: string,
  detail: string,
  invalidFields: readonly object[] = [],
): Refusal =>
  new Refusal(
    status,
    {
      title,
      detail,
      status,
      ...(invalidFields.length > 0 ? { invalid_fields: invalidFields } : {}),
    },
    { 'content-type': 'application/problem+json' },
  );

const invalidInput = (message: string, path: readonly string[]): Refusal => {
  const field = path.join('.');
  return problem(422, 'Input validation failed', `- ${field}: ${message}`, [
    { type: 'invalid', field, description: message },
  ]);
};

/** `model`: what the path names, or how to find it by the version that the body names. */
export async function readReplicateOrder(
  request: RouteRequest,
  model: CatalogueModel | ((version: string) => CatalogueModel),
  parts: { readonly transcriber: Transcriber; readonly files: FileStore },
): Promise<ReplicateOrder> {
  const json = readJson(request, (_status, message) => problem(400, 'Bad Request', message));
  const input = z.record(z.string(), z.unknown());
  if (typeof model !== 'function') {
    const body = check(z.strictObject({ input }), json, invalidInput);
    return readInput(request, body.input, model, parts);
  }
  const body = check(z.strictObject({ version: z.string(), input }), json, invalidInput);
  return readInput(request, body.input, model(body.version), parts);
}

async function readInput(
  request: RouteRequest,
  input: unknown,
  model: CatalogueModel,
  parts: { readonly transcriber: Transcriber; readonly files: FileStore },
): Promise<ReplicateOrder> {
  const refuse = (message: string, path: readonly string[]) =>
    invalidInput(message, ['input', ...path]);
  if (model.task === 'text-to-image') {
    const wanted = check(pictureSchema, input, refuse);
    const { prompt, width, height, seed } = wanted;
    const order = { prompt, negativePrompt: wanted.negative_prompt, width, height, seed };
    return {
      model,
      inputDigest: digestOf(order),
      run: async () => [addressOf(request, parts.files.put(await drawOrder(order), 'png'))],
    };
  }
  const wanted = check(speechSchema, input, refuse);
  const language =
    wanted.language === 'auto' ? null : readLanguage(wanted.language, parts.transcriber);
  if (wanted.language !== 'auto' && language === null) {
    throw refuse('language must be one of the languages of Whisper', ['language']);
  }
  const audio = await readAudioAddress(wanted.audio, {
    takesType: () => true,
    dataUrl: () => refuse('Does not match format "uri"', ['audio']),
    unreachable: (why) => refuse(why, ['audio']),
  });
  return {
    model,
    inputDigest: sha256(audio),
    run: () => transcribe(wanted, audio, language, parts.transcriber),
  };
}

const pictureSchema = z.strictObject({
  prompt: promptSchema,
  negative_prompt: negativePromptSchema.default(''),
  width: sideSchema.default(1024),
  height: sideSchema.default(1024),
  seed: seedSchema.default(0),
  num_outputs: z.literal(1).optional(),
  num_inference_steps: stepsSchema.optional(),
  guidance_scale: guidanceSchema.optional(),
  scheduler: z.string().min(1).optional(),
  output_format: z.literal('png').optional(),
});

/** The inputs of `openai/whisper` on Replicate that a caller has reason to send. */
const speechSchema = z.strictObject({
  audio: z.string().min(1),
  language: z.string().min(1).default('auto'),
  transcription: z.literal('plain text').optional(),
  translate: z.boolean().default(false),
  temperature: z.number().min(0).max(1).default(0),
  initial_prompt: z.string().optional(),
});

async function transcribe(
  wanted: z.infer<typeof speechSchema>,
  audio: Uint8Array,
  language: string | null,
  transcriber: Transcriber,
): Promise<object> {
  const transcription = await hear(
    transcriber,
    {
      audio,
      language,
      task: wanted.translate ? 'translate' : 'transcribe',
      temperature: wanted.temperature,
      prompt: wanted.initial_prompt ?? null,
    },
    // Only when it runs does a prediction find out; it has failed then.
    () => new Refusal(500, 'The audio could not be decoded'),
  );
  const text = spokenText(transcription);
  return {
    segments: numberedSegments(transcription),
    transcription: text,
    translation: wanted.translate ? text : null,
    detected_language: toEnglishName(transcription.language),
    txt_file: null,
    srt_file: null,
  };
}
