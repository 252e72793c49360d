import type { FastifyRequest } from 'fastify';
import type { GatewayContext, Principal } from './gateway-app.ts';
import { isAllowed, isRole } from './policy.ts';
import type { ProblemCode } from './problem.ts';
import { Refusal } from './refusal.ts';

/** Throws when somebody was refused too often. */
export type LimitRefusals = (request: FastifyRequest) => Promise<void>;

/**
 * Lets in whoever has a key whose role may do what the route does, and tells the route who it is. Throws a `Refusal`.
 * What is public needs no key, and neither does what does not exist.
 */
export const authenticate =
  ({ services }: GatewayContext, limitRefusals: LimitRefusals) =>
  async (request: FastifyRequest): Promise<void> => {
    const { action } = request.routeOptions.config;
    if (action === 'public' || request.is404) return;
    if (action === undefined) throw new Error('a route without an action is served to nobody');
    try {
      const principal = await principalOf(services, request);
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
      if (error instanceof Refusal) await limitRefusals(request);
      throw error;
    }
  };

/** The key that a request has; it need not be one that there is. */
export const sentKey = ({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];

async function principalOf(
  services: GatewayContext['services'],
  request: FastifyRequest,
): Promise<Principal> {
  const sent = sentKey(request);
  if (sent === undefined) throw unknown('key_missing', SEND_KEY, null);
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
  await keys.markUsed(row).catch((error: unknown) => {
    request.log.warn({ error }, 'the last use of a key could not be noted');
  });
  return { keyId, tenant, role };
}

const SEND_KEY = 'send a key in the header Authorization: Bearer hansard_…';
const NO_SUCH_KEY = 'there is no such key: check it, or ask an admin of the tenant for another one';

/** RFC 6750: the challenge names an error only if a key was sent. */
const unknown = (code: ProblemCode, detail: string, by: Refusal['by']): Refusal => {
  const error = code === 'key_missing' ? '' : ', error="invalid_token"';
  const headers = { 'www-authenticate': `Bearer realm="hansard"${error}` };
  return new Refusal({ code, detail, headers }, by);
};
