import type { FastifyRequest } from 'fastify';
import { isIdentitySession } from '../../../adapters/database/identity-sessions.ts';
import type { GatewayContext, Principal } from '../gateway-app.ts';
import { noteUse, refuseKey, usableKey } from '../presented-key.ts';
import { principalOfIdentity } from '../sign-in/identity-session.ts';
import { requireSameOrigin } from './same-origin.ts';

/** Who a session stands for. Throws a `Refusal`. */
export async function principalOfSession(
  { services, env }: GatewayContext,
  request: FastifyRequest,
  sent: string,
): Promise<Principal> {
  if (isIdentitySession(sent)) return await principalOfIdentity({ services, env }, request, sent);
  const sessions = await services.sessions();
  const found = await sessions.identify(sent);
  if (found === null || found.state === 'wrong') {
    const by = found && { keyId: found.row.id, tenant: found.row.tenant };
    throw refuseKey('session_ended', 'this session has ended: sign in again', by);
  }
  const { row, role } = usableKey(found);
  const { id: keyId, tenant, name } = row;
  requireSameOrigin(request, env, { keyId, tenant });
  await noteUse(services, request, row);
  const expiresAt = earlier(found.until, row.expiresAt);
  return { keyId, tenant, role, name, issuer: null, expiresAt, sessionId: found.id };
}

const earlier = (one: Date, other: Date | null): Date =>
  other === null || one < other ? one : other;
