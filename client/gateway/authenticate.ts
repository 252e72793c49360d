import type { FastifyRequest } from 'fastify';
import type { GatewayContext, Principal } from './gateway-app.ts';
import type { RefusalLimits } from './limits.ts';
import { parseOperatorTenant } from '../config.ts';
import { isAllowed, type Action } from './policy.ts';
import { noteUse, refuseKey, sentSecret, usableKey } from './presented-key.ts';
import type { ProblemCode } from './problem.ts';
import { Refusal } from './refusal.ts';
import type { SeenSecrets } from './seen-secrets.ts';
import { presentedSignature } from './signature/presented-signature.ts';
import { principalOfSignature } from './signature/principal-of-signature.ts';
import { createSeenSigners, type SeenSigners } from './signature/seen-signers.ts';
import { principalOfSession } from './session/presented-session.ts';
import { principalOfToken } from './token/presented-token.ts';

/**
 * Lets in whoever has a key whose role may do what the route does, signs with such a key, has a session that stands for one,
 * or has an issuer that vouches for them, and tells the route who it is. Throws a `Refusal`. What is public needs no key,
 * and neither does what does not exist.
 */
export function authenticate(context: GatewayContext, limits: RefusalLimits, seen: SeenSecrets) {
  const operatorTenant = parseOperatorTenant(context.env);
  const signers = createSeenSigners();
  return async (request: FastifyRequest): Promise<void> => {
    const { action } = request.routeOptions.config;
    if (action === 'public' || request.is404) return;
    if (action === undefined) throw new Error('a route without an action is served to nobody');
    await countRefusals(limits, request, async () => {
      const principal = await principalOf(context, request, { seen, signers, limits });
      request.principal = principal;
      if (isAllowed(principal, action, operatorTenant)) return;
      throw new Refusal(
        { code: 'not_allowed', detail: whyNot(principal, action, operatorTenant) },
        principal,
      );
    });
  };
}

function whyNot(principal: Principal, action: Action, operatorTenant: string): string {
  const { role, tenant, issuer } = principal;
  const who = issuer === null ? 'a key of ' : '';
  return isAllowed({ role, tenant: operatorTenant }, action, operatorTenant)
    ? `this is shared by all tenants, and ${who}tenant ${tenant} may not do it (${action}): ask those who run this installation`
    : `${who}the role ${role} may not do this (${action}): ask an admin of the tenant`;
}

/** Does something of which too many refusals are not answered one by one. */
export async function countRefusals<T>(
  { countRefusal }: RefusalLimits,
  request: FastifyRequest,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) await countRefusal(request);
    throw error;
  }
}

async function principalOf(
  context: GatewayContext,
  request: FastifyRequest,
  {
    seen,
    signers,
    limits,
  }: {
    readonly seen: SeenSecrets;
    readonly signers: SeenSigners;
    readonly limits: RefusalLimits;
  },
): Promise<Principal> {
  const { services, env } = context;
  const signed = presentedSignature(request, env);
  if (signed !== null) {
    const principal = await principalOfSignature(context, request, signed, { signers, limits });
    request.signed = signed;
    return principal;
  }
  const sent = sentSecret(request, context);
  if (sent === null) {
    throw refuseKey(
      'key_missing',
      'send a key in the header Authorization: Bearer hansard_…',
      null,
    );
  }
  // It asks no database; the keys of its issuer are fetched now and then only.
  if (sent.kind === 'token') return await principalOfToken(context, sent.secret);
  if (!seen.has(sent.secret)) limits.requireLookUps(request);
  try {
    const principal =
      sent.kind === 'session'
        ? await principalOfSession(context, request, sent.secret)
        : await principalOfKey(services, request, sent.secret);
    seen.add(sent.secret);
    return principal;
  } catch (error) {
    if (error instanceof Refusal && NOTHING_FOUND.has(error.facts.code))
      limits.noteLostLookUp(request);
    throw error;
  }
}

const NOTHING_FOUND: ReadonlySet<ProblemCode> = new Set(['key_invalid', 'session_ended']);

async function principalOfKey(
  services: GatewayContext['services'],
  request: FastifyRequest,
  key: string,
): Promise<Principal> {
  const { row, role } = usableKey(await (await services.knownKeys()).identify(key));
  await noteUse(services, request, row);
  const { id: keyId, tenant, name, expiresAt } = row;
  return { keyId, tenant, role, name, issuer: null, expiresAt, sessionId: null };
}
