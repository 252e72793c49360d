import type { FastifyInstance, FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { createWorkQueue, type Work } from '../kept-results.ts';
import {
  CATALOGUE,
  modelOf,
  replicateVersion,
  roleFor,
  type CatalogueModel,
} from '../models/catalogue.ts';
import { toEnglishName } from '../models/transcriber.ts';
import { guidanceSchema, pictureFields, sideSchema, stepsSchema } from '../picture-order.ts';
import { check, nameInPath, readJson } from '../read-request.ts';
import { notServedBy, Refusal } from '../refusal.ts';
import type { ServerParts } from '../server-parts.ts';
import { numberedSegments, prepareTranscription, readAudioAddress, spokenText } from '../speech.ts';
import { orderPicture, type Order } from './order.ts';
import { addReplicateFiles, type Uploads } from './replicate-files.ts';
import { notFound, problem } from './replicate-problem.ts';

/**
 * `/replicate/v1/predictions` for a version, which only the speech model has, and
 * `/replicate/v1/models/{owner}/{name}/predictions`. Predictions are billed when they are accepted.
 */
export function addReplicate(app: FastifyInstance, parts: ServerParts): void {
  const queue = createWorkQueue(parts.queueDelayMs);
  const uploads = addReplicateFiles(app);
  const servedBy = (request: FastifyRequest) => modelOf('replicate', nameInPath(request));
  const predict = async (request: FastifyRequest, model: CatalogueModel, input: unknown) => {
    const { inputDigest, run } = await readOrder(request, model, input, { ...parts, uploads });
    const work = queue.submit(model.id, run);
    const waitMs = readWait(request);
    if (waitMs > 0) await Promise.race([work.done, delay(waitMs)]);
    request.bill(inputDigest);
    return toPrediction(work, waitMs === 0);
  };
  const speech = { config: { role: 'transcribe' } };
  app.post('/replicate/v1/predictions', speech, async (request, reply) => {
    const { version, input } = check(versionSchema, readBody(request), invalidInput());
    reply.code(201);
    return predict(request, findVersion(version), input);
  });
  const named = { config: { role: (request: FastifyRequest) => roleFor(servedBy(request)) } };
  app.post('/replicate/v1/models/:owner/:name/predictions', named, async (request, reply) => {
    const model = servedBy(request);
    if (model === null) throw notServedBy('replicate');
    const { input } = check(modelSchema, readBody(request), invalidInput());
    reply.code(201);
    return predict(request, model, input);
  });
  const requireWork = (request: FastifyRequest): Work => {
    const work = queue.find(nameInPath(request));
    if (work !== null) return work;
    throw notFound();
  };
  app.get('/replicate/v1/predictions/:id', { config: { role: 'poll' } }, (request) =>
    toPrediction(requireWork(request), false),
  );
  app.post('/replicate/v1/predictions/:id/cancel', { config: { role: 'poll' } }, (request) => {
    const work = requireWork(request);
    work.cancel();
    return toPrediction(work, false);
  });
}

const input = z.record(z.string(), z.unknown());
const modelSchema = z.strictObject({ input });
const versionSchema = z.strictObject({ version: z.string(), input });

const readBody = (request: FastifyRequest): unknown =>
  readJson(request, (_status, message) => problem(400, 'Bad Request', message));

/** By 64 hex digits, with or without the model's name before them. */
function findVersion(version: string): CatalogueModel {
  const digits = version.split(':').at(-1);
  const model = CATALOGUE.find(
    ({ id, task }) => task === 'automatic-speech-recognition' && replicateVersion(id) === digits,
  );
  if (model !== undefined) return model;
  throw problem(
    422,
    'Invalid version or not permitted',
    'The specified version does not exist (or perhaps you do not have permission to use it?)',
  );
}

const invalidInput =
  (...above: readonly string[]) =>
  (message: string, path: readonly string[]): Refusal => {
    const field = [...above, ...path].join('.');
    return problem(422, 'Input validation failed', `- ${field}: ${message}`, {
      invalid_fields: [{ type: 'invalid', field, description: message }],
    });
  };

const pictureSchema = z.strictObject({
  ...pictureFields,
  width: sideSchema.default(1024),
  height: sideSchema.default(1024),
  num_outputs: z.literal(1).optional(),
  num_inference_steps: stepsSchema,
  guidance_scale: guidanceSchema,
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

async function readOrder(
  request: FastifyRequest,
  model: CatalogueModel,
  input: unknown,
  parts: ServerParts & { readonly uploads: Uploads },
): Promise<Order> {
  const refuse = invalidInput('input');
  if (model.task === 'text-to-image') {
    const { prompt, negative_prompt, width, height, seed } = check(pictureSchema, input, refuse);
    const picture = { prompt, negative_prompt, width, height, seed };
    return orderPicture(request, parts, picture, (address) => [address]);
  }
  const speech = check(speechSchema, input, refuse);
  const audio =
    parts.uploads.find(speech.audio)?.content ??
    (await readAudioAddress(
      speech.audio,
      () => true,
      () => refuse('Does not match format "uri"', ['audio']),
      (why) => refuse(why, ['audio']),
    ));
  const run = prepareTranscription(
    parts.transcriber,
    {
      audio,
      language: speech.language === 'auto' ? null : speech.language,
      task: speech.translate ? 'translate' : 'transcribe',
      temperature: speech.temperature,
      initial_prompt: speech.initial_prompt ?? null,
    },
    {
      language: () => refuse('language must be one of the languages of Whisper', ['language']),
      // Only a running prediction finds this out, and fails.
      unreadable: () => new Refusal(500, 'The audio could not be decoded'),
    },
  );
  const toOutput = async () => {
    const transcription = await run();
    return {
      segments: numberedSegments(transcription),
      transcription: spokenText(transcription),
      translation: speech.translate ? spokenText(transcription) : null,
      detected_language: toEnglishName(transcription.language),
      txt_file: null,
      srt_file: null,
    };
  };
  return { inputDigest: sha256(audio), run: toOutput };
}

/** `Prefer: wait` holds the answer for at most 60 s, `wait=N` for N seconds; 0: not at all. */
function readWait({ headers }: FastifyRequest): number {
  const wait = /(?:^|[,;\s])wait(?:=(\d+))?/.exec(String(headers['prefer'] ?? ''));
  if (wait === null) return 0;
  return Math.min(60, Math.max(1, Number(wait[1] ?? 60))) * 1000;
}

/** `isNew`: the answer to a submission that does not wait. */
function toPrediction(work: Work, isNew: boolean): object {
  const outcome = isNew ? null : work.outcome;
  const address = `https://api.replicate.com/v1/predictions/${work.id}`;
  const unfinished = isNew ? 'starting' : 'processing';
  const statuses = { fulfilled: 'succeeded', rejected: 'failed', cancelled: 'canceled' };
  return {
    id: work.id,
    model: work.owner,
    version: replicateVersion(work.owner),
    // The real one repeats the input; audio in data URLs is too long for that here.
    input: {},
    logs: '',
    output: outcome?.status === 'fulfilled' ? outcome.value : null,
    error: outcome?.status === 'rejected' ? toMessage(outcome.reason) : null,
    status: outcome === null ? unfinished : statuses[outcome.status],
    created_at: new Date(work.submittedMs).toISOString(),
    data_removed: false,
    urls: { get: address, cancel: `${address}/cancel` },
    metrics: outcome === null ? {} : { predict_time: (Date.now() - work.submittedMs) / 1000 },
  };
}

function toMessage(error: unknown): string {
  if (error instanceof Refusal && typeof error.body === 'string') return error.body;
  console.error(error);
  return 'Prediction failed';
}
