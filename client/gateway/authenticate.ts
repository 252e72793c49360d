import type { FastifyRequest } from 'fastify';
import { readApiKey } from '../../adapters/identity/api-key.ts';
import type { GatewayContext, Principal } from './gateway-app.ts';
import type { RefusalLimits } from './limits.ts';
import { isAllowed, isRole } from './policy.ts';
import type { ProblemCode } from './problem.ts';
import { Refusal } from './refusal.ts';

/**
 * Lets in whoever has a key whose role may do what the route does, and tells the route who it is. Throws a `Refusal`.
 * What is public needs no key, and neither does what does not exist.
 */
export function authenticate({ services }: GatewayContext, limits: RefusalLimits) {
  const seen = createSeenKeys();
  return async (request: FastifyRequest): Promise<void> => {
    const { action } = request.routeOptions.config;
    if (action === 'public' || request.is404) return;
    if (action === undefined) throw new Error('a route without an action is served to nobody');
    try {
      const principal = await principalOf(services, request, { seen, limits });
      request.principal = principal;
      if (isAllowed(principal.role, action)) return;
      throw new Refusal(
        {
          code: 'not_allowed',
          detail: `a key of the role ${principal.role} may not do this (${action}): ask an admin of the tenant`,
        },
        principal,
      );
    } catch (error) {
      if (error instanceof Refusal) await limits.countRefusal(request);
      throw error;
    }
  };
}

/** The key that a request has; it need not be one that there is. */
export const sentKey = ({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];

async function principalOf(
  services: GatewayContext['services'],
  request: FastifyRequest,
  { seen, limits }: { readonly seen: SeenKeys; readonly limits: RefusalLimits },
): Promise<Principal> {
  const sent = sentKey(request);
  if (sent === undefined) throw unknown('key_missing', SEND_KEY, null);
  const sha256 = readApiKey(sent)?.sha256;
  if (sha256 === undefined) throw unknown('key_invalid', NO_SUCH_KEY, null);
  if (!seen.has(sha256)) await limits.countLookUp(request);
  const keys = await services.apiKeys();
  const found = await keys.identify(sent);
  if (found === null) throw unknown('key_invalid', NO_SUCH_KEY, null);
  const { row, state } = found;
  const { id: keyId, tenant, role } = row;
  if (state === 'wrong' || !isRole(role)) {
    throw unknown('key_invalid', NO_SUCH_KEY, { keyId, tenant });
  }
  if (state !== 'live') {
    throw unknown(`key_${state}`, `this key is ${state}: send another one`, { keyId, tenant });
  }
  seen.add(sha256);
  await keys.markUsed(row).catch((error: unknown) => {
    request.log.warn({ error }, 'the last use of a key could not be noted');
  });
  return { keyId, tenant, role };
}

type SeenKeys = ReturnType<typeof createSeenKeys>;

/** Digests of keys that were live when they were seen. Of very many, the oldest are forgotten. */
function createSeenKeys() {
  const seen = new Set<string>();
  return {
    has: (sha256: string): boolean => seen.has(sha256),
    add: (sha256: string): void => {
      seen.add(sha256);
      const [oldest] = seen;
      if (seen.size > MOST_SEEN && oldest !== undefined) seen.delete(oldest);
    },
  };
}

const MOST_SEEN = 10_000;

const SEND_KEY = 'send a key in the header Authorization: Bearer hansard_…';
const NO_SUCH_KEY = 'there is no such key: check it, or ask an admin of the tenant for another one';

/** RFC 6750: the challenge names an error only if a key was sent. */
const unknown = (code: ProblemCode, detail: string, by: Refusal['by']): Refusal => {
  const error = code === 'key_missing' ? '' : ', error="invalid_token"';
  const headers = { 'www-authenticate': `Bearer realm="hansard"${error}` };
  return new Refusal({ code, detail, headers }, by);
};
