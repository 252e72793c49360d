import type { FastifyInstance, FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createWorkQueue, type Outcome, type Work } from '../kept-results.ts';
import { CATALOGUE, modelOf, replicateVersion, type CatalogueModel } from '../models/catalogue.ts';
import { toEnglishName } from '../models/transcriber.ts';
import { pictureFields } from '../picture-order.ts';
import { check, nameInPath, readJson } from '../read-request.ts';
import { Refusal, taskRefusal } from '../refusal.ts';
import { numberedSegments, spokenText } from '../speech.ts';
import { orderPicture, orderSpeech, type Order, type Parts } from './orders.ts';

/**
 * `/replicate/v1/predictions` for a version, which only the speech model has, and
 * `/replicate/v1/models/{owner}/{name}/predictions`. Predictions are billed when they are accepted.
 */
export function addReplicate(app: FastifyInstance, parts: Parts): void {
  const queue = createWorkQueue<object>({ delayMs: parts.queueDelayMs });
  const add = (
    path: string,
    role: string | ((request: FastifyRequest) => string),
    read: (request: FastifyRequest) => { readonly model: CatalogueModel; readonly input: unknown },
  ) =>
    app.post(path, { config: { role } }, async (request, reply) => {
      const { model, input } = read(request);
      const { inputDigest, run } = await readOrder(request, model, input, parts);
      const work = queue.submit(model.id, run);
      const waitMs = readWait(request);
      const outcome = waitMs === 0 ? null : await Promise.race([work.outcome, delay(waitMs, null)]);
      request.bill(inputDigest);
      reply.code(201);
      return toPrediction(work, outcome, waitMs === 0 ? 'starting' : 'processing');
    });
  add('/replicate/v1/predictions', 'transcribe', (request) => {
    const { version, input } = check(versionSchema, readBody(request), invalidInput);
    return { model: findVersion(version), input };
  });
  const servedBy = (request: FastifyRequest) => modelOf('replicate', nameInPath(request));
  const role = (request: FastifyRequest) => servedBy(request)?.role ?? 'unserved';
  add('/replicate/v1/models/:owner/:name/predictions', role, (request) => {
    const model = servedBy(request);
    if (model === null) throw taskRefusal(400, 'Model not supported by provider replicate');
    return { model, input: check(modelSchema, readBody(request), invalidInput).input };
  });
  app.route({
    method: 'GET',
    url: '/replicate/v1/predictions/:id',
    config: { role: 'poll' },
    handler: async (request) => {
      const work = queue.find(nameInPath(request));
      if (work === null) {
        throw problem(404, 'Not Found', 'The requested resource could not be found.');
      }
      const outcome = work.phase() === 'done' ? await work.outcome : null;
      return toPrediction(work, outcome, 'processing');
    },
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

/** RFC 9457, as Replicate refuses. */
const problem = (status: number, title: string, detail: string, more: object = {}): Refusal =>
  new Refusal(
    status,
    { title, detail, status, ...more },
    { 'content-type': 'application/problem+json' },
  );

const invalidInput = (message: string, path: readonly string[]): Refusal => {
  const field = path.join('.');
  return problem(422, 'Input validation failed', `- ${field}: ${message}`, {
    invalid_fields: [{ type: 'invalid', field, description: message }],
  });
};

const pictureSchema = z.strictObject({
  prompt: pictureFields.prompt,
  negative_prompt: pictureFields.negativePrompt,
  width: pictureFields.side.default(1024),
  height: pictureFields.side.default(1024),
  seed: pictureFields.seed,
  num_outputs: z.literal(1).optional(),
  num_inference_steps: pictureFields.steps.optional(),
  guidance_scale: pictureFields.guidance.optional(),
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
  parts: Parts,
): Promise<Order> {
  const refuse = (message: string, path: readonly string[]) =>
    invalidInput(message, ['input', ...path]);
  if (model.task === 'text-to-image') {
    const { prompt, width, height, seed, negative_prompt } = check(pictureSchema, input, refuse);
    const picture = { prompt, negativePrompt: negative_prompt, width, height, seed };
    return orderPicture(request, parts, picture, (address) => [address]);
  }
  const speech = check(speechSchema, input, refuse);
  return orderSpeech(
    parts,
    {
      address: speech.audio,
      language: speech.language === 'auto' ? null : speech.language,
      task: speech.translate ? 'translate' : 'transcribe',
      temperature: speech.temperature,
      prompt: speech.initial_prompt ?? null,
    },
    {
      language: () => refuse('language must be one of the languages of Whisper', ['language']),
      takesType: () => true,
      dataUrl: () => refuse('Does not match format "uri"', ['audio']),
      unreachable: (why) => refuse(why, ['audio']),
      // Only a running prediction finds this out, and fails.
      unreadable: () => new Refusal(500, 'The audio could not be decoded'),
    },
    (transcription) => ({
      segments: numberedSegments(transcription),
      transcription: spokenText(transcription),
      translation: speech.translate ? spokenText(transcription) : null,
      detected_language: toEnglishName(transcription.language),
      txt_file: null,
      srt_file: null,
    }),
  );
}

/** `Prefer: wait` holds the answer for at most 60 s, `wait=N` for N seconds; 0: not at all. */
function readWait({ headers }: FastifyRequest): number {
  const wait = /(?:^|[,;\s])wait(?:=(\d+))?/.exec(String(headers['prefer'] ?? ''));
  if (wait === null) return 0;
  return Math.min(60, Math.max(1, Number(wait[1] ?? 60))) * 1000;
}

function toPrediction(
  work: Work<object>,
  outcome: Outcome<object> | null,
  unfinished: 'starting' | 'processing',
): object {
  const failed = outcome !== null && 'error' in outcome;
  const address = `https://api.replicate.com/v1/predictions/${work.id}`;
  return {
    id: work.id,
    model: work.owner,
    version: replicateVersion(work.owner),
    // The real one repeats the input; audio in data URLs is too long for that here.
    input: {},
    logs: '',
    output: outcome !== null && 'value' in outcome ? outcome.value : null,
    error: failed ? toMessage(outcome.error) : null,
    status: outcome === null ? unfinished : failed ? 'failed' : 'succeeded',
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
