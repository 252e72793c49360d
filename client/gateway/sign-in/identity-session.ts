import type { FastifyRequest } from 'fastify';
import { speaksFor } from '../../../adapters/issuers/admit.ts';
import type { GatewayContext, Principal } from '../gateway-app.ts';
import { refuseKey } from '../presented-key.ts';
import { requireSameOrigin } from '../session/same-origin.ts';

/**
 * Who a session stands for that began at an issuer: as whom they signed in, as long as the issuer is configured, people sign in
 * there, and it speaks for that tenant. Throws a `Refusal`.
 */
export async function principalOfIdentity(
  { services, env }: GatewayContext,
  request: FastifyRequest,
  sent: string,
): Promise<Principal> {
  const found = await (await services.identitySessions()).identify(sent);
  if (found === null) throw ended(null);
  const { id: sessionId, issuer, identityId: keyId, tenant, role, name, expiresAt } = found.session;
  const by = { keyId, tenant };
  const configured = (await services.issuers()).named(issuer);
  const isCurrent =
    configured !== null && configured.signIn !== null && speaksFor(configured, tenant);
  if (!found.isRight || !isCurrent) throw ended(by);
  requireSameOrigin(request, env, by);
  return { keyId, tenant, role, name, issuer, expiresAt, sessionId };
}

const ended = (by: Parameters<typeof refuseKey>[2]) =>
  refuseKey('session_ended', 'this session has ended: sign in again', by);
