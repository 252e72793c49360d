import type { FastifyRequest } from 'fastify';
import type { ApiKeyRow, IdentifiedKey } from '../../adapters/database/api-keys.ts';
import { isTokenForm } from '../../adapters/issuers/verify-token.ts';
import type { GatewayContext } from './gateway-app.ts';
import { isRole, type Role } from './policy.ts';
import type { ProblemCode } from './problem.ts';
import { Refusal } from './refusal.ts';
import { WANTED } from './signature/wanted.ts';
import { readSession } from './session/session-cookie.ts';

interface SentSecret {
  readonly kind: 'key' | 'token' | 'session';
  readonly secret: string;
}

/**
 * The key or the token that a request has, or the session that a browser sent to a route below `/api`; null: neither. It need not be one
 * that there is. A key counts for more than a session, which the browser sends by itself.
 */
export function sentSecret(
  request: FastifyRequest,
  { env }: Pick<GatewayContext, 'env'>,
): SentSecret | null {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const key = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (key === undefined) return null;
    return { kind: isTokenForm(key) ? 'token' : 'key', secret: key };
  }
  if (request.signed !== null) return null;
  const isBelowApi = request.routeOptions.url?.startsWith('/api/') === true;
  const session = isBelowApi ? readSession(request, env) : null;
  return session === null ? null : { kind: 'session', secret: session };
}

/** The key that was sent, or that something stands for. Throws a `Refusal` unless it may be used. */
export function usableKey(
  found: IdentifiedKey,
  { isSigned = false }: { readonly isSigned?: boolean } = {},
): { readonly row: ApiKeyRow; readonly role: Role } {
  if (found === null) throw refuseKey('key_invalid', NO_SUCH_KEY, null);
  const { row, state } = found;
  const { id: keyId, tenant, role } = row;
  if (state === 'wrong' || !isRole(role)) {
    throw refuseKey('key_invalid', NO_SUCH_KEY, { keyId, tenant });
  }
  if (state !== 'live') {
    throw refuseKey(`key_${state}`, `this key is ${state}: use another one`, { keyId, tenant });
  }
  if (row.signature === 'required' && !isSigned) {
    throw refuseKey('signature_missing', UNSIGNED, { keyId, tenant });
  }
  return { row, role };
}

const UNSIGNED =
  'requests of this key have to be signed (RFC 9421): the key alone is not enough, and no session stands for it';

const NO_SUCH_KEY = 'there is no such key: check it, or ask an admin of the tenant for another one';

/** RFC 6750: the challenge names an error only if a key was sent. */
export function refuseKey(code: ProblemCode, detail: string, by: Refusal['by']): Refusal {
  const error = code === 'key_missing' ? '' : ', error="invalid_token"';
  const headers = {
    'www-authenticate': `Bearer realm="hansard"${error}`,
    ...(code === 'signature_missing' && { 'accept-signature': WANTED }),
  };
  return new Refusal({ code, detail, headers }, by);
}

/** Notes that a key is used. The request goes on if that fails. */
export async function noteUse(
  { knownKeys }: GatewayContext['services'],
  request: FastifyRequest,
  row: ApiKeyRow,
): Promise<void> {
  try {
    await (await knownKeys()).markUsed(row);
  } catch (error) {
    request.log.warn({ error }, 'the last use of a key could not be noted');
  }
}
