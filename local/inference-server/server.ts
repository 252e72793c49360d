import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { askedModels } from './asked-models.ts';
import { leavesModelToWork, type FaultRule, type Faults } from './faults.ts';
import { readBody } from './http/read-body.ts';
import { Refusal, taskRefusal } from './http/refusal.ts';
import { jsonReply, type Reply } from './http/reply.ts';
import type { Route, RouteRequest } from './http/route.ts';
import { pause } from './pause.ts';
import { sendReply } from './send-reply.ts';
import type { Statistics } from './statistics.ts';
import { struckReply } from './struck-reply.ts';

export interface ServerParts {
  readonly routes: readonly Route[];
  readonly statistics: Statistics;
  /** Null: the server was started without `--faults`. */
  readonly faults: Faults | null;
  readonly requireToken: string | null;
  /** Aborted when the server is to end: requests that a fault keeps hanging are cut off then. */
  readonly stopping: AbortSignal;
}

/** A server that does not listen yet. A call once begun is finished and booked, whether or not its client stays. */
export function createInferenceServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    response.setHeader('x-request-id', randomUUID());
    serve(request, response, parts).catch((error: unknown) => {
      // Only a client that left while it was sending, or a fault of ours; neither has anything to tell the client.
      if (!request.destroyed) console.error(error);
      response.destroy();
    });
  });
}

type ModelRoute = Extract<Route, { kind: 'model' }>;

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ServerParts,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const found = findRoute(parts.routes, request.method ?? 'GET', url);
  const role = found?.route.kind === 'model' ? found.route.role(found.path) : null;
  if (role !== null) parts.statistics.countRequest(role);
  let fault: FaultRule | null = null;
  let reply: Reply;
  try {
    const body = await readBody(request);
    if (found === null) throw taskRefusal(404, 'Not Found');
    const { route, path } = found;
    const { headers } = request;
    if (route.kind === 'plain') {
      reply = await route.handle({ url, headers, body, path });
    } else {
      if (role !== null && parts.faults !== null) {
        const models = await askedModels(path, headers, body);
        fault = parts.faults.next({ role, path: url.pathname, models });
      }
      checkToken(request, parts.requireToken);
      if (fault?.hang === true) {
        await hang(response, parts.stopping);
        return;
      }
      if (fault?.delayMs !== undefined) await pause(fault.delayMs, parts.stopping);
      const serve = () => answer(route, { url, headers, body, path }, parts.statistics);
      const served = fault === null || leavesModelToWork(fault) ? await serve() : null;
      if (fault?.resetBeforeHeaders === true) {
        request.socket.resetAndDestroy();
        return;
      }
      reply = await struckReply(fault, served);
    }
  } catch (error) {
    reply = errorReply(error);
  }
  await sendReply(response, reply, fault ?? {}, parts.stopping);
}

async function hang(response: ServerResponse, stopping: AbortSignal): Promise<void> {
  const cutOff = () => response.destroy();
  stopping.addEventListener('abort', cutOff);
  if (stopping.aborted) cutOff();
  if (!response.closed) await once(response, 'close');
  stopping.removeEventListener('abort', cutOff);
}

async function answer(
  route: ModelRoute,
  request: RouteRequest,
  statistics: Statistics,
): Promise<Reply> {
  const { reply, inputDigest } = await route.handle(request);
  if (inputDigest !== null) statistics.bill(route.role(request.path), inputDigest);
  return reply;
}

function findRoute(
  routes: readonly Route[],
  method: string,
  url: URL,
): { readonly route: Route; readonly path: readonly string[] } | null {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(url.pathname) : null;
    if (match !== null) return { route, path: match.slice(1).map(decodeOrKeep) };
  }
  return null;
}

function decodeOrKeep(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function checkToken(request: IncomingMessage, token: string | null): void {
  if (token === null || request.headers.authorization === `Bearer ${token}`) return;
  const message = 'Invalid username or password.';
  throw new Refusal(401, { error: message }, { 'x-error-message': message });
}

function errorReply(error: unknown): Reply {
  if (error instanceof Refusal) return error.toReply();
  console.error(error);
  return jsonReply({ error: 'Internal Server Error' }, {}, 500);
}
