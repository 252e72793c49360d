import { z } from 'zod';
import { digestOf, sha256 } from '../../../adapters/identity/digest.ts';
import type { FileStore } from '../file-store.ts';
import { addressOf } from '../http/address.ts';
import { Refusal } from '../http/refusal.ts';
import { check, readJson } from '../http/read-json.ts';
import type { RouteRequest } from '../http/route.ts';
import type { CatalogueModel } from '../models/catalogue.ts';
import { readLanguage } from '../models/language-names.ts';
import type { Transcriber, Transcription } from '../models/transcriber.ts';
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

export interface FalOrder {
  readonly inputDigest: string;
  readonly run: () => Promise<object>;
}

/** Checks a request before it is begun or queued; what fal refuses, it refuses here. */
export function readFalOrder(
  request: RouteRequest,
  model: CatalogueModel,
  parts: { readonly transcriber: Transcriber; readonly files: FileStore },
): Promise<FalOrder> {
  const body = readJson(request, (_status, message) => falRefusal('json_invalid', message, []));
  return model.task === 'text-to-image'
    ? Promise.resolve(readPicture(request, body, parts.files))
    : readSpeech(body, parts.transcriber);
}

/** FastAPI's form: 422 with a list of what is wrong where. */
const falRefusal = (type: string, msg: string, path: readonly string[]): Refusal =>
  new Refusal(422, { detail: [{ loc: ['body', ...path], msg, type }] });

const refuseIssue = (message: string, path: readonly string[]) =>
  falRefusal('value_error', message, path);

const speechSchema = z.strictObject({
  audio_url: z.string().min(1),
  task: z.enum(['transcribe', 'translate']).default('transcribe'),
  language: z.string().nullish(),
  diarize: z.literal(false).optional(),
  chunk_level: z.enum(['none', 'segment', 'word']).default('segment'),
  version: z.literal('3').optional(),
  batch_size: z.int().min(1).max(64).optional(),
  prompt: z.string().default(''),
});

async function readSpeech(body: unknown, transcriber: Transcriber): Promise<FalOrder> {
  const order = check(speechSchema, body, refuseIssue);
  const wanted = order.language ?? null;
  const language = wanted === null ? null : readLanguage(wanted, transcriber);
  if (wanted !== null && language === null) {
    throw falRefusal('enum', `Unsupported language: ${wanted}`, ['language']);
  }
  const audio = await readAudioAddress(order.audio_url, {
    // Seen of fal-ai/whisper: no WAV by its usual name, no FLAC, no MP4.
    takesType: (type) => ['audio/mpeg', 'audio/x-wav', 'video/webm'].includes(type),
    dataUrl: () => new Refusal(400, { detail: 'Unsupported data URL' }),
    unreachable: (why) =>
      falRefusal('file_download_error', `Failed to download the file: ${why}`, ['audio_url']),
  });
  const transcribe = () =>
    hear(
      transcriber,
      {
        audio,
        language,
        task: order.task,
        prompt: order.prompt === '' ? null : order.prompt,
        wordTimes: order.chunk_level === 'word',
      },
      () => falRefusal('audio_load_error', 'Failed to load the audio', ['audio_url']),
    );
  return {
    inputDigest: sha256(audio),
    run: async () => toSpeechResult(await transcribe(), order.chunk_level),
  };
}

function toSpeechResult({ segments, language }: Transcription, level: string): object {
  const words = segments.flatMap((segment) => segment.words ?? []);
  const pieces = {
    none: [],
    segment: segments,
    word: words.map(({ word, ...times }) => ({ ...times, text: word })),
  }[level as 'none' | 'segment' | 'word'];
  return {
    text: segments.map(({ text }) => text).join(''),
    chunks: pieces.map(({ start, end, text }) => ({
      timestamp: [start, end],
      text,
      speaker: null,
    })),
    inferred_languages: [language],
    diarization_segments: [],
  };
}

const namedSizes = {
  square_hd: { width: 1024, height: 1024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1024 },
  portrait_16_9: { width: 576, height: 1024 },
  landscape_4_3: { width: 1024, height: 768 },
  landscape_16_9: { width: 1024, height: 576 },
} as const;

const pictureSchema = z.strictObject({
  prompt: promptSchema,
  negative_prompt: negativePromptSchema.default(''),
  image_size: z
    .union([
      z.strictObject({ width: sideSchema, height: sideSchema }),
      z
        .literal(Object.keys(namedSizes) as (keyof typeof namedSizes)[])
        .transform((name) => namedSizes[name]),
    ])
    .default(namedSizes.landscape_4_3),
  num_inference_steps: stepsSchema.optional(),
  guidance_scale: guidanceSchema.optional(),
  seed: seedSchema.default(0),
  num_images: z.literal(1).optional(),
  enable_safety_checker: z.boolean().optional(),
  output_format: z.literal('png').optional(),
  sync_mode: z.literal(false).optional(),
});

function readPicture(request: RouteRequest, body: unknown, files: FileStore): FalOrder {
  const wanted = check(pictureSchema, body, refuseIssue);
  const { prompt, seed, image_size: size } = wanted;
  const order = { prompt, negativePrompt: wanted.negative_prompt, seed, ...size };
  return {
    inputDigest: digestOf(order),
    run: async () => ({
      images: [
        {
          url: addressOf(request, files.put(await drawOrder(order), 'png')),
          ...size,
          content_type: 'image/png',
        },
      ],
      timings: {},
      seed,
      has_nsfw_concepts: [false],
      prompt,
    }),
  };
}
