import { setTimeout as delay } from 'node:timers/promises';
import type { FileStore } from '../file-store.ts';
import { Refusal, taskRefusal } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import type { ModelAnswer, Route, RouteRequest } from '../http/route.ts';
import { CATALOGUE, modelOf, replicateVersion, type CatalogueModel } from '../models/catalogue.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { createWorkQueue, type Outcome, type Work, type WorkQueue } from '../work-queue.ts';
import { problem, readReplicateOrder } from './replicate-order.ts';

interface Parts {
  readonly transcriber: Transcriber;
  readonly files: FileStore;
  readonly queueDelayMs: number;
}
type Queue = WorkQueue<unknown>;

/**
 * `/replicate/v1/predictions` for a version, of which the speech model alone has one, and
 * `/replicate/v1/models/{owner}/{name}/predictions`. Predictions are billed when they are taken.
 */
export function replicate(parts: Parts): readonly Route[] {
  const queue: Queue = createWorkQueue({ delayMs: parts.queueDelayMs });
  return [
    {
      kind: 'model',
      method: 'GET',
      pattern: /^\/replicate\/v1\/predictions\/([^/]+)$/,
      role: () => 'poll',
      handle: async ({ path: [id = ''] }) => {
        const work = queue.find(id);
        if (work === null) {
          throw problem(404, 'Not Found', 'The requested resource could not be found.');
        }
        const outcome = work.phase() === 'done' ? await work.outcome : null;
        return { inputDigest: null, reply: jsonReply(prediction(work, outcome, 'processing')) };
      },
    },
    {
      kind: 'model',
      method: 'POST',
      pattern: /^\/replicate\/v1\/predictions$/,
      role: () => 'transcribe',
      handle: (request) => answer(request, null, parts, queue),
    },
    {
      kind: 'model',
      method: 'POST',
      pattern: /^\/replicate\/v1\/models\/([^/]+\/[^/]+)\/predictions$/,
      role: ([name = '']) => modelOf('replicate', name)?.role ?? 'unserved',
      handle: (request) => {
        const model = modelOf('replicate', request.path[0] ?? '');
        if (model === null) throw taskRefusal(400, 'Model not supported by provider replicate');
        return answer(request, model, parts, queue);
      },
    },
  ];
}

async function answer(
  request: RouteRequest,
  model: CatalogueModel | null,
  parts: Parts,
  queue: Queue,
): Promise<ModelAnswer> {
  const order = await readReplicateOrder(request, model ?? versionOf, parts);
  const work = queue.submit(order.model.id, order.run);
  const waitMs = readWait(request);
  const outcome = waitMs === 0 ? null : await Promise.race([work.outcome, delay(waitMs, null)]);
  return {
    inputDigest: order.inputDigest,
    reply: jsonReply(prediction(work, outcome, waitMs === 0 ? 'starting' : 'processing'), {}, 201),
  };
}

/** By 64 hex digits, with or without the model's name before them. */
function versionOf(version: string): CatalogueModel {
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

/** `Prefer: wait` holds the answer for at most 60 s, `wait=N` for N seconds. 0: not at all. */
function readWait({ headers }: RouteRequest): number {
  const wait = /(?:^|[,;\s])wait(?:=(\d+))?/.exec(String(headers['prefer'] ?? ''));
  if (wait === null) return 0;
  return Math.min(60, Math.max(1, Number(wait[1] ?? 60))) * 1000;
}

function prediction(
  work: Work<unknown>,
  outcome: Outcome<unknown> | null,
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
