import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayContext } from './gateway-app.ts';
import { wordsOf } from './http-words.ts';
import { PROBLEM_STATUSES, PROBLEM_TYPE, problemOf, type ProblemFacts } from './problem.ts';
import { recordRefusal, Refusal } from './refusal.ts';
import { toProblem, unexpected } from './to-problem.ts';

/** Answers every error with a problem, and records the refusals. */
export const answerError =
  (context: GatewayContext) =>
  async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (error instanceof Refusal) await recordRefusal(context, request, error);
    const facts = toProblem(error, wordsOf(request.headers['prefer'])) ?? unexpected;
    if (PROBLEM_STATUSES[facts.code] >= 500) request.log.error({ error }, 'a request failed');
    return sendProblem(request, reply, facts);
  };

export const sendProblem = (
  request: FastifyRequest,
  reply: FastifyReply,
  facts: ProblemFacts,
): FastifyReply =>
  reply
    .code(PROBLEM_STATUSES[facts.code])
    .headers({ ...facts.headers, 'x-request-id': request.id, 'cache-control': 'no-store' })
    .type(PROBLEM_TYPE)
    // As text: the schemas of a route are not those of its errors.
    .send(JSON.stringify(problemOf(facts, request.id)));

/** Answers what is no HTTP that can be read: there is no request yet, nor a reply. */
export function answerNoRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const facts = UNREADABLE[error.code ?? ''] ?? NO_HTTP;
  const status = PROBLEM_STATUSES[facts.code];
  const body = JSON.stringify(problemOf(facts, randomUUID()));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const NO_HTTP: ProblemFacts = { code: 'invalid_request', detail: 'this is no HTTP request' };

/** By Node's codes. */
const UNREADABLE: Readonly<Record<string, ProblemFacts>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'request_timed_out',
    detail:
      'the request did not come to its end in time: send it over a faster line, or less of it',
  },
  HPE_HEADER_OVERFLOW: {
    code: 'head_too_large',
    detail: 'address and headers of the request have more than 16 KiB: make them shorter',
  },
};
