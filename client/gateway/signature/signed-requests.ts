import type { FastifyRequest } from 'fastify';
import { Transform, type Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { DigestCheck } from '../../../adapters/signatures/content-digest.ts';
import { countRefusals } from '../authenticate.ts';
import type { GatewayApp, GatewayContext } from '../gateway-app.ts';
import type { RefusalLimits } from '../limits.ts';
import { refuseKey } from '../presented-key.ts';
import { Refusal } from '../refusal.ts';
import { isWithBody } from './coverage.ts';
import { CLOCK_SECONDS } from './life.ts';
import type { PresentedSignature } from './signature-facts.ts';

/**
 * What is asked of a signed request once it is known who signed it and that it is within its limits: that it is sent for the
 * first time, and that its body is the one that was signed. The body is compared while it is read, and nothing of it is kept.
 */
export function addSignedRequests(
  app: GatewayApp,
  { services }: GatewayContext,
  limits: RefusalLimits,
): void {
  app.addHook('preParsing', async (request, _reply, payload) => {
    const { signed } = request;
    if (signed === null) return payload;
    await countRefusals(limits, request, async () =>
      useUp(await services.nonces(), request, signed),
    );
    if (signed.body === null) return payload;
    // Of no body nothing is read: one that was taken away is noticed here.
    if (!isWithBody(request)) {
      if (signed.body.isRight()) return payload;
      throw mismatch(request);
    }
    return isForm(request) ? payload : compared(request, signed.body, payload);
  });
}

type Nonces = Awaited<ReturnType<GatewayContext['services']['nonces']>>;

async function useUp(
  nonces: Nonces,
  request: FastifyRequest,
  { keyId, nonce, end }: PresentedSignature,
): Promise<void> {
  const seconds = end - Math.floor(Date.now() / 1_000) + OTHER_CLOCKS_SECONDS;
  const by = request.principal;
  switch (await nonces.use({ keyId, nonce, seconds })) {
    case 'first':
      return;
    case 'used':
      throw refuseKey(
        'signature_replayed',
        'this nonce of the key was used before: sign each request anew, with a nonce of its own',
        by,
      );
    case 'full':
      throw new Refusal(
        {
          code: 'rate_limited',
          detail: 'this key has 50,000 nonces that have not expired: let signatures expire sooner',
          headers: { 'retry-after': '60' },
        },
        by,
      );
  }
}

/** The clocks of the other gateways and of the database are this near to ours. */
const OTHER_CLOCKS_SECONDS = 4 * CLOCK_SECONDS;

/** Passes a body on as it comes. It ends with an error unless it is the one that was signed. */
function compared(request: FastifyRequest, check: DigestCheck, payload: Readable): Readable {
  const passing = new Transform({
    transform: (block: Buffer, _encoding, done) => {
      check.update(block);
      done(null, block);
    },
    flush: (done) => done(check.isRight() ? null : mismatch(request)),
  });
  // Whoever reads it gets the error; of what nobody reads, nobody needs one.
  pipeline(payload, passing).catch(() => undefined);
  return passing;
}

const isForm = ({ headers }: FastifyRequest): boolean =>
  headers['content-type']?.toLowerCase().startsWith('multipart/') === true;

/**
 * Compares a form with the digest that was signed, from the next block on: its parser reads the connection itself. Returns
 * what to call when the parser has ended, before anything of the form is used; it throws a `Refusal`.
 */
export function compareForm(request: FastifyRequest): () => Promise<void> {
  const check = request.signed?.body ?? null;
  if (check === null) return async () => {};
  const { raw } = request;
  raw.on('data', check.update);
  return async () => {
    // The parser may be done before the last bytes are there.
    raw.resume();
    await finished(raw, { writable: false });
    if (!check.isRight()) throw mismatch(request);
  };
}

const mismatch = ({ principal }: FastifyRequest): Refusal =>
  new Refusal(
    {
      code: 'digest_mismatch',
      detail:
        'the body is not the one whose Content-Digest was signed: it was changed on the way, or the digest is of something else',
    },
    principal,
  );
