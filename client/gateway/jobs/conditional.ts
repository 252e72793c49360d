import type { FastifyReply, FastifyRequest } from 'fastify';
import { sha256 } from '../../../adapters/identity/digest.ts';

/** Answers this, or 304 where the client has it already. */
export function answerState(
  request: FastifyRequest,
  reply: FastifyReply,
  body: object,
): FastifyReply {
  return isKnown(request, reply, body) ? reply.send() : reply.send(body);
}

/**
 * Names the state of what is answered, and says whether the client has it already: then the answer is 304, without
 * a body.
 *
 * @param state the answer itself, or what it follows from
 */
export function isKnown(request: FastifyRequest, reply: FastifyReply, state: object): boolean {
  const tag = sha256(JSON.stringify(state)).slice(0, 32);
  // Weak: a proxy may compress what is sent.
  reply.header('etag', `W/"${tag}"`).header('cache-control', 'private, no-cache');
  const known = request.headers['if-none-match'];
  if (known === undefined) return false;
  const isSame = known
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === `"${tag}"`);
  if (isSame) void reply.code(304);
  return isSame;
}
