import { buildEndSessionUrl } from 'openid-client';
import type { GatewayContext, Principal } from '../gateway-app.ts';

/** Where somebody signed in, and where one signs out there; null: here, with a key, or they sent a token. */
export async function providerOf(
  { issuers }: GatewayContext['services'],
  { issuer, sessionId }: Pick<Principal, 'issuer' | 'sessionId'>,
): Promise<{ readonly label: string; readonly signOut: string | null } | null> {
  if (issuer === null || sessionId === null) return null;
  const configured = (await issuers()).named(issuer);
  const signIn = configured?.signIn ?? null;
  if (configured === null || signIn === null) return null;
  // Without the provider one reads on all the same.
  const provider = await configured.provider().catch(() => null);
  const canSignOut = provider?.serverMetadata().end_session_endpoint !== undefined;
  return {
    label: signIn.label,
    signOut: provider !== null && canSignOut ? buildEndSessionUrl(provider).href : null,
  };
}
