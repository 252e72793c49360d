import { admit } from '../../../adapters/issuers/admit.ts';
import { TokenError, verifyToken } from '../../../adapters/issuers/verify-token.ts';
import type { GatewayContext, Principal } from '../gateway-app.ts';
import { refuseKey } from '../presented-key.ts';
import { Refusal } from '../refusal.ts';

/** Who a token stands for. Throws a `Refusal`, and `IssuerUnavailableError`. */
export async function principalOfToken(
  { services }: Pick<GatewayContext, 'services'>,
  token: string,
): Promise<Principal> {
  const { issuer, claims } = await verifyToken(await services.issuers(), token).catch(refused);
  const admission = admit(issuer, claims);
  if ('refused' in admission) {
    const { refused: detail, id: keyId, tenant } = admission;
    throw new Refusal({ code: 'no_role', detail }, { keyId, tenant });
  }
  const { id: keyId, tenant, role, name } = admission.admitted;
  const expiresAt = new Date(claims.exp * 1_000);
  return { keyId, tenant, role, name, issuer: issuer.name, expiresAt, sessionId: null };
}

function refused(error: unknown): never {
  if (error instanceof TokenError) throw refuseKey(`token_${error.kind}`, error.message, null);
  throw error;
}
