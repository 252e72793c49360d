import type { FastifyRequest } from 'fastify';
import type { GatewayContext, Principal } from '../gateway-app.ts';
import type { RefusalLimits } from '../limits.ts';
import { noteUse, refuseKey, sentSecret, usableKey } from '../presented-key.ts';
import { gatewayPlace } from './presented-signature.ts';
import { isVerified, type SeenSigners } from './seen-signers.ts';
import type { PresentedSignature } from './signature-facts.ts';

/**
 * Who signed a request: the signature alone says so, and a key that is sent beside it has to be the same one. Throws a
 * `Refusal`. Whether it was sent before is asked later, when the request is within its limits.
 */
export async function principalOfSignature(
  context: GatewayContext,
  request: FastifyRequest,
  presented: PresentedSignature,
  { signers, limits }: { readonly signers: SeenSigners; readonly limits: RefusalLimits },
): Promise<Principal> {
  const { services } = context;
  const { keyId } = presented;
  requireLookUp(request, presented, { signers, limits });
  const found = await (await services.signingKeys()).find(keyId);
  if (found === null || !isVerified(presented, found.verifying)) {
    limits.noteLostLookUp(request);
    throw refuseKey('signature_invalid', notVerified(request, context), null);
  }
  signers.add(keyId, found.verifying);
  const { row, role } = usableKey({ row: found.row, state: found.row.state }, { isSigned: true });
  const { tenant, name, expiresAt } = row;
  await requireSameKey(context, request, { keyId, tenant });
  await noteUse(services, request, row);
  return { keyId, tenant, role, name, issuer: null, expiresAt, sessionId: null };
}

/** Of an address with too many look-ups for nothing, only those go on who can sign. */
function requireLookUp(
  request: FastifyRequest,
  presented: PresentedSignature,
  { signers, limits }: { readonly signers: SeenSigners; readonly limits: RefusalLimits },
): void {
  try {
    limits.requireLookUps(request);
  } catch (error) {
    if (!signers.knows(presented)) throw error;
  }
}

async function requireSameKey(
  context: GatewayContext,
  request: FastifyRequest,
  by: { readonly keyId: string; readonly tenant: string },
): Promise<void> {
  if (request.headers.authorization === undefined) return;
  const sent = sentSecret(request, context);
  const found = sent && (await (await context.services.apiKeys()).identify(sent.secret));
  if (found?.row.id === by.keyId && found.state === 'live') return;
  throw refuseKey(
    'key_invalid',
    'the key in the header Authorization is not the one that signed: send that one, or none',
    by,
  );
}

/** The same for whoever signs wrongly and for ids that there are not. */
function notVerified(request: FastifyRequest, { env }: GatewayContext): string {
  const { scheme, authority } = gatewayPlace(request, env);
  return `no live signing key of keyid verifies the signature: check keyid and the signing key, and that what was signed is what was sent; for this gateway, @target-uri begins with ${scheme}://${authority}/`;
}
