import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseGatewayOrigin, type Environment } from '../../config.ts';

/**
 * The cookie of a session. No script can read it, no other site makes a browser send it, and where browsers reach the gateway
 * by https, none but this host can set it (RFC 6265bis, `__Host-`).
 */
function cookieOf(env: Environment): {
  readonly name: string;
  readonly flags: CookieSerializeOptions;
} {
  const secure = parseGatewayOrigin(env)?.startsWith('https:') === true;
  return {
    name: secure ? '__Host-hansard-session' : 'hansard-session',
    flags: { httpOnly: true, sameSite: 'strict', path: '/', secure },
  };
}

export function setSession(
  reply: FastifyReply,
  env: Environment,
  session: { readonly secret: string; readonly expiresAt: Date },
): FastifyReply {
  const { name, flags } = cookieOf(env);
  return reply.setCookie(name, session.secret, { ...flags, expires: session.expiresAt });
}

export function clearSession(reply: FastifyReply, env: Environment): FastifyReply {
  const { name, flags } = cookieOf(env);
  return reply.clearCookie(name, flags);
}

/** What a browser sent; null: nothing. */
export const readSession = ({ cookies }: FastifyRequest, env: Environment): string | null =>
  cookies[cookieOf(env).name] ?? null;
