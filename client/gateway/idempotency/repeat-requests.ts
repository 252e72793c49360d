import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { RequestName } from '../../../adapters/database/idempotent-requests.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import { isOutOfTime } from '../handler-timeout.ts';
import { digestOfPosted, digestWhileRead } from '../jobs/posted-file.ts';
import { sentSecret } from '../presented-key.ts';
import { ProblemError } from '../problem.ts';
import { createAnswerSeal, type AnswerSeal } from './answer-seal.ts';

/**
 * `Idempotency-Key`, as draft-ietf-httpapi-idempotency-key-header has it, for every POST below `/api`: of requests that
 * are the same, one is done, and the others get its answer for a day. What failed is not kept: it may be tried again.
 */
export function addRepeatedRequests(app: GatewayApp, context: GatewayContext): void {
  const { services } = context;
  const claims = new WeakMap<FastifyRequest, Claim>();

  app.addHook('preHandler', async (request, reply) => {
    const name = nameIn(request);
    if (name === null) return;
    const sent = sentSecret(request, context);
    const { tenant, keyId } = request.principal;
    const seal = createAnswerSeal(sent?.secret ?? unsentSecret(request, name));
    // A token is soon replaced: a request that is repeated with the next one must not be done twice.
    const names = sent?.kind === 'token' ? createAnswerSeal(keyId) : seal;
    const place: RequestName = { tenant, keyId, name: names.digest(`name ${name}`) };
    const { body } = request;
    const file = body instanceof Readable ? body : null;
    const print = (digest: string | null) => fingerprintOf(request, names, digest);
    const requests = await services.idempotentRequests();
    const claimed = await requests.claim(place, {
      fingerprint: print(null),
      leaseMs: (request.routeOptions.handlerTimeout ?? 0) + GRACE_MS,
    });
    switch (claimed.state) {
      case 'claimed': {
        const digest = file === null ? null : digestWhileRead(file);
        const fingerprint = () => {
          if (digest === null) return print(null);
          const read = digest();
          return read === null ? null : print(read);
        };
        claims.set(request, { ...place, claim: claimed.claim, seal, fingerprint });
        return;
      }
      case 'answered': {
        const digest = file === null ? null : await digestOfPosted(file, MOST_BYTES);
        if (print(digest) !== claimed.fingerprint) throw new ProblemError(REUSED);
        return await sendKept(reply, openedBy(seal, claimed.answer, place.name));
      }
      case 'running':
        throw new ProblemError(IN_USE);
      case 'full':
        throw new ProblemError(FULL);
    }
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const claim = claims.get(request);
    if (claim === undefined) return payload;
    claims.delete(request);
    const kept = keptOf(reply, payload);
    // It may still go on: nobody else begins before its lease has ended.
    if (kept === null && isOutOfTime(request)) return payload;
    try {
      const requests = await services.idempotentRequests();
      const fingerprint = claim.fingerprint();
      if (kept === null || fingerprint === null) await requests.giveUp(claim);
      else {
        const answer = claim.seal.close(kept, claim.name);
        await requests.answer(claim, { fingerprint, answer });
      }
    } catch (error) {
      // What was asked for is done all the same.
      request.log.error({ error }, 'the answer to a repeatable request could not be kept');
    }
    return payload;
  });
}

interface Claim extends RequestName {
  readonly claim: string;
  readonly seal: AnswerSeal;
  /** Null: the posted file was not read to its end. */
  readonly fingerprint: () => string | null;
}

/** Who only signs sends no secret: then who has the name of the request, which is stored nowhere either, reads the answer. */
function unsentSecret({ signed }: FastifyRequest, name: string): string {
  if (signed === null) throw new TypeError('a request that was let in has a key or a session');
  return JSON.stringify(['signed', signed.keyId, name]);
}

/** Until a request that has run out of time surely does nothing more. */
const GRACE_MS = 60_000;
/** Of a posted file that is compared. */
const MOST_BYTES = 100_000_000;
/** Of an answer; all that there are have less than one kB. */
const LONGEST_ANSWER = 10_000;

/** Null: this request has none, or is of no kind that takes one. Throws a `ProblemError`. */
function nameIn({ method, headers, routeOptions }: FastifyRequest): string | null {
  const sent = headers['idempotency-key'];
  const { url, config } = routeOptions;
  const isRepeatable = method === 'POST' && url?.startsWith('/api/') && config.action !== 'public';
  if (sent === undefined || !isRepeatable) return null;
  // The draft has it in quotes; most clients send none.
  const name = /^(?:"([\x20-\x7e]{1,255})"|([\x20-\x7e]{1,255}))$/.exec(String(sent));
  if (name !== null) return name[1] ?? name[2] ?? null;
  throw new ProblemError({
    code: 'invalid_request',
    detail: `${WRONG.place}: ${WRONG.detail}`,
    errors: [WRONG],
  });
}

const WRONG = {
  place: 'header/idempotency-key',
  detail: 'takes 1 to 255 characters of ASCII, such as a UUID',
};

/** @param digest of the posted file; null: it was not read, or the body is JSON */
function fingerprintOf(
  { method, url, headers, body, routeOptions }: FastifyRequest,
  seal: AnswerSeal,
  digest: string | null,
): string {
  const file = { type: headers['content-type'] ?? null, digest };
  // What no schema has looked at is taken by no route, and may be of any depth.
  const json = routeOptions.schema?.body === undefined ? null : body;
  const content = body instanceof Readable ? file : json;
  return seal.digest(`request ${JSON.stringify([method, url, content ?? null])}`);
}

/** Throws a `ProblemError` where it was answered to an earlier token. */
function openedBy(seal: AnswerSeal, answer: Buffer, place: string): string {
  try {
    return seal.open(answer, place);
  } catch {
    throw new ProblemError(OF_EARLIER_TOKEN);
  }
}

const keptSchema = z.object({
  status: z.int(),
  type: z.string(),
  location: z.string().optional(),
  body: z.string(),
});

/** Null: nothing was done, or it cannot be said again. */
function keptOf(reply: FastifyReply, payload: unknown): string | null {
  const { statusCode: status } = reply;
  if (status < 200 || status > 299 || typeof payload !== 'string') return null;
  const location = reply.getHeader('location');
  const kept = JSON.stringify({
    status,
    type: String(reply.getHeader('content-type')),
    ...(typeof location === 'string' && { location }),
    body: payload,
  } satisfies z.infer<typeof keptSchema>);
  return Buffer.byteLength(kept) > LONGEST_ANSWER ? null : kept;
}

async function sendKept(reply: FastifyReply, kept: string): Promise<FastifyReply> {
  const { status, type, location, body } = keptSchema.parse(JSON.parse(kept));
  if (location !== undefined) void reply.header('location', location);
  return await reply.code(status).header('idempotency-replayed', 'true').type(type).send(body);
}

const REUSED = {
  code: 'idempotency_key_reused',
  detail:
    'this Idempotency-Key was sent with another request: use a new one for each, and the same one only to repeat it',
} as const;
const OF_EARLIER_TOKEN = {
  code: 'idempotency_key_reused',
  detail:
    'the request with this Idempotency-Key was done, and its answer opens with the token of then only: nothing is done again, look for what it made',
} as const;
const IN_USE = {
  code: 'idempotency_key_in_use',
  detail: 'the request with this Idempotency-Key is still being answered: try again in a while',
  headers: { 'retry-after': '5' },
} as const;
const FULL = {
  code: 'rate_limited',
  detail:
    'this key has sent 10,000 different values of Idempotency-Key within a day, and no more are kept: try again later, or without it',
  headers: { 'retry-after': '600' },
} as const;
