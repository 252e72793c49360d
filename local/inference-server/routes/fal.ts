import { randomUUID } from 'node:crypto';
import type { FileStore } from '../file-store.ts';
import { Refusal, taskRefusal } from '../http/refusal.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import type { ModelAnswer, Route, RouteRequest } from '../http/route.ts';
import { modelOf } from '../models/catalogue.ts';
import type { Transcriber } from '../models/transcriber.ts';
import { createWorkQueue, type Work, type WorkQueue } from '../work-queue.ts';
import { readFalOrder } from './fal-order.ts';

interface Parts {
  readonly transcriber: Transcriber;
  readonly files: FileStore;
  readonly queueDelayMs: number;
}
type Queue = WorkQueue<object>;

/**
 * `/fal-ai/{app}` as the router passes it on: at once, or by the queue with `_subdomain=queue`, whose work is asked
 * after under `/fal-ai/{app}/requests/{id}`. Queued work is billed when it is taken.
 */
export function fal(parts: Parts): readonly Route[] {
  const queue: Queue = createWorkQueue({ delayMs: parts.queueDelayMs });
  return [
    {
      kind: 'model',
      method: 'GET',
      pattern: /^\/fal-ai\/(.+)\/requests\/([^/]+)\/status$/,
      role: () => 'poll',
      handle: async (request) => unbilled(showStatus(findWork(request, queue))),
    },
    {
      kind: 'model',
      method: 'GET',
      pattern: /^\/fal-ai\/(.+)\/requests\/([^/]+)$/,
      role: () => 'poll',
      handle: async (request) => unbilled(await showResult(findWork(request, queue))),
    },
    {
      kind: 'model',
      method: 'POST',
      pattern: /^\/fal-ai\/(.+)$/,
      role: ([app = '']) => modelOf('fal-ai', app)?.role ?? 'unserved',
      handle: (request) => answer(request, parts, queue),
    },
  ];
}

async function answer(request: RouteRequest, parts: Parts, queue: Queue): Promise<ModelAnswer> {
  const app = request.path[0] ?? '';
  const model = modelOf('fal-ai', app);
  if (model === null) throw taskRefusal(400, 'Model not supported by provider fal-ai');
  const { inputDigest, run } = await readFalOrder(request, model, parts);
  if (isQueued(request)) {
    const work = queue.submit(model.id, run);
    return {
      inputDigest,
      reply: jsonReply(
        { status: 'IN_QUEUE', request_id: work.id, ...links(app, work.id), queue_position: 0 },
        { 'x-fal-request-id': work.id },
      ),
    };
  }
  const headers = { 'x-fal-request-id': randomUUID(), 'x-fal-billable-units': '1' };
  return { inputDigest, reply: jsonReply(await run(), headers) };
}

const isQueued = ({ url }: RouteRequest): boolean => url.searchParams.get('_subdomain') === 'queue';

/** The queue names itself by its own host, which clients replace by the router's. */
function links(app: string, id: string): object {
  const response = `https://queue.fal.run/${app}/requests/${id}`;
  return {
    response_url: response,
    status_url: `${response}/status`,
    cancel_url: `${response}/cancel`,
  };
}

function findWork(request: RouteRequest, queue: Queue): Found {
  const [app = '', id = ''] = request.path;
  if (!isQueued(request)) throw new Refusal(404, { detail: 'Not Found' });
  const work = queue.find(id);
  if (work === null || work.owner !== modelOf('fal-ai', app)?.id) {
    throw new Refusal(404, { detail: `Request ${id} not found` });
  }
  return { app, work };
}

interface Found {
  readonly app: string;
  readonly work: Work<object>;
}

function showStatus({ app, work }: Found): Reply {
  const phase = work.phase();
  const status = { queued: 'IN_QUEUE', running: 'IN_PROGRESS', done: 'COMPLETED' }[phase];
  return jsonReply(
    {
      status,
      request_id: work.id,
      ...links(app, work.id),
      ...(phase === 'queued' ? { queue_position: 0 } : {}),
      ...(phase === 'done' ? { metrics: {} } : {}),
    },
    {},
    phase === 'done' ? 200 : 202,
  );
}

async function showResult({ work }: Found): Promise<Reply> {
  if (work.phase() !== 'done') throw new Refusal(400, { detail: 'Request is still in progress' });
  const outcome = await work.outcome;
  if ('error' in outcome) throw outcome.error;
  return jsonReply(outcome.value, {
    'x-fal-request-id': work.id,
    'x-fal-billable-units': '1',
  });
}

const unbilled = (reply: Reply): ModelAnswer => ({ reply, inputDigest: null });
