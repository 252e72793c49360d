import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHmac, randomBytes } from 'node:crypto';
import { parseGatewayOrigin, type Environment } from '../../config.ts';

/** What one sign-in is recognised by, each of which the provider sees at most one form of. */
export interface SignInFlow {
  /** In the address that the provider sends the browser back to. */
  readonly state: string;
  /** In the ID token. */
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

/**
 * The cookie of a sign-in that is under way: 256 random bits that everything else follows from, so that only the browser that
 * began it can end it, and the gateway has nothing to keep. Lax: the provider, another site, sends the browser back.
 */
function cookieOf(env: Environment): {
  readonly name: string;
  readonly flags: CookieSerializeOptions;
} {
  const secure = parseGatewayOrigin(env)?.startsWith('https:') === true;
  return {
    name: secure ? '__Host-hansard-sign-in' : 'hansard-sign-in',
    flags: { httpOnly: true, sameSite: 'lax', path: '/', secure },
  };
}

/** Long enough for a second factor. */
const SECONDS = 600;

/** Begins one for a provider. Another one that this browser had begun is over. */
export function beginFlow(reply: FastifyReply, env: Environment, provider: string): SignInFlow {
  const { name, flags } = cookieOf(env);
  const secret = randomBytes(32).toString('base64url');
  void reply.setCookie(name, secret, { ...flags, maxAge: SECONDS });
  return flowOf(secret, provider);
}

/** The one that this browser had begun, which is over now. Null: there is none. */
export function endFlow(
  request: FastifyRequest,
  reply: FastifyReply,
  env: Environment,
  provider: string,
): SignInFlow | null {
  const { name, flags } = cookieOf(env);
  const secret = request.cookies[name];
  void reply.clearCookie(name, flags);
  return secret === undefined || !/^[\w-]{43}$/.test(secret) ? null : flowOf(secret, provider);
}

/** The name of the provider is in each: the answer of one is none of another. */
function flowOf(secret: string, provider: string): SignInFlow {
  const derived = (purpose: string): string =>
    createHmac('sha256', secret).update(`${purpose} ${provider}`).digest('base64url');
  return { state: derived('state'), nonce: derived('nonce'), verifier: derived('verifier') };
}
