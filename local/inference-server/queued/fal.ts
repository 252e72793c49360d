import type { FastifyInstance, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { createWorkQueue } from '../kept-results.ts';
import { modelOf, roleFor, type CatalogueModel } from '../models/catalogue.ts';
import type { Transcription } from '../models/transcriber.ts';
import { guidanceSchema, pictureFields, sideSchema, stepsSchema } from '../picture-order.ts';
import { check, nameInPath, readJson } from '../read-request.ts';
import { notServedBy, Refusal, taskRefusal } from '../refusal.ts';
import type { ServerParts } from '../server-parts.ts';
import { prepareTranscription, readAudioAddress } from '../speech.ts';
import { orderPicture, type Order } from './order.ts';

/**
 * `/fal-ai/{app}`, to which the router passes requests on: answered at once, or with `_subdomain=queue` by the queue, whose work is
 * polled under `/fal-ai/{app}/requests/{id}`. Queued work is billed when it is accepted.
 */
export function addFal(app: FastifyInstance, parts: ServerParts): void {
  const queue = createWorkQueue(parts.queueDelayMs);
  const servedBy = (request: FastifyRequest) => modelOf('fal-ai', nameInPath(request));
  const role = (request: FastifyRequest) => roleFor(servedBy(request));
  app.post('/fal-ai/*', { config: { role } }, async (request, reply) => {
    const model = servedBy(request);
    if (model === null) throw notServedBy('fal-ai');
    const { inputDigest, run } = await readOrder(request, model, parts);
    if (isQueued(request)) {
      const { id } = queue.submit(model.id, run);
      request.bill(inputDigest);
      reply.header('x-fal-request-id', id);
      return { status: 'IN_QUEUE', ...placeOf(nameInPath(request), id), queue_position: 0 };
    }
    const result = await run();
    request.bill(inputDigest);
    reply.headers({ 'x-fal-request-id': randomUUID(), 'x-fal-billable-units': '1' });
    return result;
  });
  app.get('/fal-ai/*', { config: { role: 'poll' } }, (request, reply) => {
    const match = /^(.+)\/requests\/([^/]+?)(\/status)?$/.exec(nameInPath(request));
    if (match === null) throw taskRefusal(404, 'Not Found');
    const [, app = '', id = '', status] = match;
    if (!isQueued(request)) throw new Refusal(404, { detail: 'Not Found' });
    const work = queue.find(id);
    if (work === null || work.owner !== modelOf('fal-ai', app)?.id) {
      throw new Refusal(404, { detail: `Request ${id} not found` });
    }
    const { outcome } = work;
    if (status !== undefined) {
      const place = placeOf(app, id);
      if (outcome !== null) return { status: 'COMPLETED', ...place, metrics: {} };
      reply.code(202);
      if (!work.isQueued()) return { status: 'IN_PROGRESS', ...place };
      return { status: 'IN_QUEUE', ...place, queue_position: 0 };
    }
    if (outcome === null) throw new Refusal(400, { detail: 'Request is still in progress' });
    // Nothing cancels work of fal here.
    if (outcome.status === 'cancelled')
      throw new Refusal(404, { detail: `Request ${id} not found` });
    if (outcome.status === 'rejected') throw outcome.reason;
    reply.headers({ 'x-fal-request-id': id, 'x-fal-billable-units': '1' });
    return outcome.value;
  });
}

const isQueued = ({ query }: FastifyRequest): boolean =>
  (query as { _subdomain?: unknown })._subdomain === 'queue';

/** The queue names itself by its own host, which clients replace with the router's. */
function placeOf(app: string, id: string): object {
  const response = `https://queue.fal.run/${app}/requests/${id}`;
  return {
    request_id: id,
    response_url: response,
    status_url: `${response}/status`,
    cancel_url: `${response}/cancel`,
  };
}

/** FastAPI's form: 422 with a list of the wrong fields. */
const refuse = (type: string, msg: string, ...path: readonly string[]): Refusal =>
  new Refusal(422, { detail: [{ loc: ['body', ...path], msg, type }] });

const speechSchema = z.strictObject({
  audio_url: z.string().min(1),
  task: z.enum(['transcribe', 'translate']).default('transcribe'),
  language: z.string().nullable().default(null),
  diarize: z.literal(false).optional(),
  chunk_level: z.enum(['none', 'segment', 'word']).default('segment'),
  version: z.literal('3').optional(),
  batch_size: z.int().min(1).max(64).optional(),
  prompt: z.string().default(''),
});

const NAMED_SIZES = {
  square_hd: [1024, 1024],
  square: [512, 512],
  portrait_4_3: [768, 1024],
  portrait_16_9: [576, 1024],
  landscape_4_3: [1024, 768],
  landscape_16_9: [1024, 576],
} as const;

const pictureSchema = z.strictObject({
  ...pictureFields,
  image_size: z
    .union([
      z.strictObject({ width: sideSchema, height: sideSchema }),
      z
        .enum(Object.keys(NAMED_SIZES) as (keyof typeof NAMED_SIZES)[])
        .transform((name) => ({ width: NAMED_SIZES[name][0], height: NAMED_SIZES[name][1] })),
    ])
    .prefault('landscape_4_3'),
  num_inference_steps: stepsSchema,
  guidance_scale: guidanceSchema,
  num_images: z.literal(1).optional(),
  enable_safety_checker: z.boolean().optional(),
  output_format: z.literal('png').optional(),
  sync_mode: z.literal(false).optional(),
});

/** Checks a request before it is started or queued. */
async function readOrder(
  request: FastifyRequest,
  model: CatalogueModel,
  parts: ServerParts,
): Promise<Order> {
  const body = readJson(request, (_status, message) => refuse('json_invalid', message));
  const refuseIssue = (message: string, path: readonly string[]) => {
    const isMissing = path.length === 1 && !Object.hasOwn(Object(body), path[0] ?? '');
    return isMissing
      ? refuse('missing', 'Field required', ...path)
      : refuse('value_error', message, ...path);
  };
  if (model.task === 'text-to-image') {
    const { prompt, negative_prompt, seed, image_size } = check(pictureSchema, body, refuseIssue);
    const picture = { prompt, negative_prompt, seed, ...image_size };
    return orderPicture(request, parts, picture, (url) => ({
      images: [{ url, ...image_size, content_type: 'image/png' }],
      timings: {},
      seed,
      has_nsfw_concepts: [false],
      prompt,
    }));
  }
  const { audio_url, task, language, prompt, chunk_level } = check(speechSchema, body, refuseIssue);
  const audio = await readAudioAddress(
    audio_url,
    // Observed of fal-ai/whisper: it refuses WAV by its usual name, FLAC and MP4.
    (type) => ['audio/mpeg', 'audio/x-wav', 'video/webm'].includes(type),
    () => new Refusal(400, { detail: 'Unsupported data URL' }),
    (why) => refuse('file_download_error', `Failed to download the file: ${why}`, 'audio_url'),
  );
  const run = prepareTranscription(
    parts.transcriber,
    {
      audio,
      task,
      language,
      initial_prompt: prompt || null,
      word_timestamps: chunk_level === 'word',
    },
    {
      language: (wanted) => refuse('enum', `Unsupported language: ${wanted}`, 'language'),
      unreadable: () => refuse('audio_load_error', 'Failed to load the audio', 'audio_url'),
    },
  );
  return {
    inputDigest: sha256(audio),
    run: async () => toSpeechResult(await run(), chunk_level),
  };
}

function toSpeechResult(
  { segments, language }: Transcription,
  level: z.infer<typeof speechSchema>['chunk_level'],
): object {
  const words = segments.flatMap((segment) => segment.words);
  const pieces = {
    none: [],
    segment: segments,
    word: words.map(({ word, ...times }) => ({ ...times, text: word })),
  }[level];
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
