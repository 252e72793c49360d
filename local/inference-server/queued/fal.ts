import type { FastifyInstance, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createWorkQueue, type WorkQueue } from '../kept-results.ts';
import { modelOf, type CatalogueModel } from '../models/catalogue.ts';
import type { Transcription } from '../models/transcriber.ts';
import { pictureFields } from '../picture-order.ts';
import { check, nameInPath, readJson } from '../read-request.ts';
import { Refusal, taskRefusal } from '../refusal.ts';
import { orderPicture, orderSpeech, type Order, type Parts } from './orders.ts';

/**
 * `/fal-ai/{app}`, to which the router passes requests on: answered at once, or with `_subdomain=queue` by the queue, whose work is
 * polled under `/fal-ai/{app}/requests/{id}`. Queued work is billed when it is accepted.
 */
export function addFal(app: FastifyInstance, parts: Parts): void {
  const queue = createWorkQueue<object>({ delayMs: parts.queueDelayMs });
  const servedBy = (request: FastifyRequest) => modelOf('fal-ai', nameInPath(request));
  const role = (request: FastifyRequest) => servedBy(request)?.role ?? 'unserved';
  app.post('/fal-ai/*', { config: { role } }, async (request, reply) => {
    const model = servedBy(request);
    if (model === null) throw taskRefusal(400, 'Model not supported by provider fal-ai');
    const { inputDigest, run } = await readOrder(request, model, parts);
    if (isQueued(request)) {
      const { id } = queue.submit(model.id, run);
      request.bill(inputDigest);
      reply.header('x-fal-request-id', id);
      const app = nameInPath(request);
      return { status: 'IN_QUEUE', request_id: id, ...links(app, id), queue_position: 0 };
    }
    const result = await run();
    request.bill(inputDigest);
    reply.headers({ 'x-fal-request-id': randomUUID(), 'x-fal-billable-units': '1' });
    return result;
  });
  app.get('/fal-ai/*', { config: { role: 'poll' } }, async (request, reply) => {
    const { app, work, wantsStatus } = findWork(request, queue);
    const phase = work.phase();
    if (wantsStatus) {
      reply.code(phase === 'done' ? 200 : 202);
      return {
        status: { queued: 'IN_QUEUE', running: 'IN_PROGRESS', done: 'COMPLETED' }[phase],
        request_id: work.id,
        ...links(app, work.id),
        ...(phase === 'queued' ? { queue_position: 0 } : {}),
        ...(phase === 'done' ? { metrics: {} } : {}),
      };
    }
    if (phase !== 'done') throw new Refusal(400, { detail: 'Request is still in progress' });
    const outcome = await work.outcome;
    if ('error' in outcome) throw outcome.error;
    reply.headers({ 'x-fal-request-id': work.id, 'x-fal-billable-units': '1' });
    return outcome.value;
  });
}

const isQueued = ({ query }: FastifyRequest): boolean =>
  (query as { _subdomain?: unknown })._subdomain === 'queue';

/** The queue names itself by its own host, which clients replace with the router's. */
function links(app: string, id: string): object {
  const response = `https://queue.fal.run/${app}/requests/${id}`;
  return {
    response_url: response,
    status_url: `${response}/status`,
    cancel_url: `${response}/cancel`,
  };
}

function findWork(request: FastifyRequest, queue: WorkQueue<object>) {
  const match = /^(.+)\/requests\/([^/]+?)(\/status)?$/.exec(nameInPath(request));
  if (match === null) throw taskRefusal(404, 'Not Found');
  const [, app = '', id = '', status] = match;
  if (!isQueued(request)) throw new Refusal(404, { detail: 'Not Found' });
  const work = queue.find(id);
  if (work === null || work.owner !== modelOf('fal-ai', app)?.id) {
    throw new Refusal(404, { detail: `Request ${id} not found` });
  }
  return { app, work, wantsStatus: status !== undefined };
}

/** FastAPI's form: 422 with a list of the wrong fields. */
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

const size = (width: number, height: number) => ({ width, height });
const NAMED_SIZES = {
  square_hd: size(1024, 1024),
  square: size(512, 512),
  portrait_4_3: size(768, 1024),
  portrait_16_9: size(576, 1024),
  landscape_4_3: size(1024, 768),
  landscape_16_9: size(1024, 576),
};

const pictureSchema = z.strictObject({
  prompt: pictureFields.prompt,
  negative_prompt: pictureFields.negativePrompt,
  image_size: z
    .union([
      z.strictObject({ width: pictureFields.side, height: pictureFields.side }),
      z
        .literal(Object.keys(NAMED_SIZES) as (keyof typeof NAMED_SIZES)[])
        .transform((name) => NAMED_SIZES[name]),
    ])
    .default(NAMED_SIZES.landscape_4_3),
  num_inference_steps: pictureFields.steps.optional(),
  guidance_scale: pictureFields.guidance.optional(),
  seed: pictureFields.seed,
  num_images: z.literal(1).optional(),
  enable_safety_checker: z.boolean().optional(),
  output_format: z.literal('png').optional(),
  sync_mode: z.literal(false).optional(),
});

/** Checks a request before it is started or queued. */
async function readOrder(
  request: FastifyRequest,
  model: CatalogueModel,
  parts: Parts,
): Promise<Order> {
  const body = readJson(request, (_status, message) => falRefusal('json_invalid', message, []));
  if (model.task === 'text-to-image') {
    const { prompt, seed, image_size, negative_prompt } = check(pictureSchema, body, refuseIssue);
    const picture = { prompt, negativePrompt: negative_prompt, seed, ...image_size };
    return orderPicture(request, parts, picture, (url) => ({
      images: [{ url, ...image_size, content_type: 'image/png' }],
      timings: {},
      seed,
      has_nsfw_concepts: [false],
      prompt,
    }));
  }
  const speech = check(speechSchema, body, refuseIssue);
  const { audio_url: address, task, language = null, prompt, chunk_level: level } = speech;
  return orderSpeech(
    parts,
    { address, task, language, prompt: prompt || null, wordTimes: level === 'word' },
    {
      language: () => falRefusal('enum', `Unsupported language: ${language}`, ['language']),
      // Observed of fal-ai/whisper: it refuses WAV by its usual name, FLAC and MP4.
      takesType: (type) => ['audio/mpeg', 'audio/x-wav', 'video/webm'].includes(type),
      dataUrl: () => new Refusal(400, { detail: 'Unsupported data URL' }),
      unreachable: (why) =>
        falRefusal('file_download_error', `Failed to download the file: ${why}`, ['audio_url']),
      unreadable: () => falRefusal('audio_load_error', 'Failed to load the audio', ['audio_url']),
    },
    (transcription) => toSpeechResult(transcription, level),
  );
}

function toSpeechResult(
  { segments, language }: Transcription,
  level: 'none' | 'segment' | 'word',
): object {
  const words = segments.flatMap((segment) => segment.words ?? []);
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
