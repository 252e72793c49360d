import type { FastifyBaseLogger } from 'fastify';
import { createHash } from 'node:crypto';
import {
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  ClientError,
  fetchUserInfo,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { admit, type Claims, type Identity } from '../../../adapters/issuers/admit.ts';
import { IssuerUnavailableError } from '../../../adapters/issuers/bounded-fetch.ts';
import type { OpenIssuer } from '../../../adapters/issuers/open-issuers.ts';
import { Refusal } from '../refusal.ts';
import type { SignInFlow } from './flow-cookie.ts';

/** An issuer where people sign in. */
export type Provider = OpenIssuer & { readonly signIn: NonNullable<OpenIssuer['signIn']> };

/** Where the browser goes to sign in. Throws `IssuerUnavailableError`. */
export async function addressAtProvider(
  { provider, signIn }: Provider,
  { state, nonce, verifier }: SignInFlow,
  redirectUri: string,
): Promise<string> {
  return buildAuthorizationUrl(await provider(), {
    redirect_uri: redirectUri,
    scope: signIn.scopes.join(' '),
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).href;
}

/**
 * Who came back from the provider. Throws a `Refusal` when somebody did not begin there, was refused there, or has no role
 * here, and `IssuerUnavailableError`.
 *
 * @param returned the address that the browser came back to, with what the provider added
 */
export async function whoSignedIn(
  provider: Provider,
  flow: SignInFlow,
  { returned, log }: { readonly returned: URL; readonly log: FastifyBaseLogger },
): Promise<Identity> {
  const claims = await exchanged(provider, flow, returned).catch(asRefusal(provider, log));
  const admission = admit(provider, claims);
  if ('admitted' in admission) return admission.admitted;
  const { refused: detail, id: keyId, tenant } = admission;
  throw new Refusal({ code: 'no_role', detail }, { keyId, tenant });
}

async function exchanged(
  { provider, signIn }: Provider,
  { state, nonce, verifier }: SignInFlow,
  returned: URL,
): Promise<Claims> {
  const configuration = await provider();
  const tokens = await authorizationCodeGrant(configuration, returned, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new TypeError('a nonce is expected, so there is an ID token');
  if (!signIn.userInfo) return claims;
  const more = await fetchUserInfo(configuration, tokens.access_token, claims.sub);
  return { ...more, ...claims };
}

/** What the provider said stays out: errors of openid-client carry its answer, with tokens. */
const asRefusal =
  ({ name }: Provider, log: FastifyBaseLogger) =>
  (error: unknown): never => {
    if (error instanceof IssuerUnavailableError) throw error;
    log.warn({ provider: name, cause: causeOf(error) }, 'a sign-in failed');
    if (error instanceof AuthorizationResponseError) {
      const detail = `${name} did not let you in, or you went back`;
      throw new Refusal({ code: 'sign_in_refused', detail }, null);
    }
    // The token endpoint refused the code, or the client; or the ID token is not for this sign-in.
    const isAnswered =
      error instanceof WWWAuthenticateChallengeError ||
      (error instanceof ResponseBodyError && error.status < 500) ||
      (error instanceof ClientError && !OUT_OF_REACH.has(error.code ?? ''));
    if (isAnswered) throw failed(name);
    throw new IssuerUnavailableError(`${name} does not answer as it should`);
  };

/** Where nothing was begun, or something else. */
export const failed = (name: string): Refusal =>
  new Refusal(
    {
      code: 'sign_in_failed',
      detail: `what came back from ${name} is not what was begun here: sign in again`,
    },
    null,
  );

/** By the codes of openid-client. */
const OUT_OF_REACH: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
]);

/** Kind and code alone; of what the provider said, no more than its word of RFC 6749. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { name } = error;
  const words = [name, 'code' in error ? error.code : null, 'error' in error ? error.error : null];
  return words.filter((word) => typeof word === 'string' && /^\w{1,60}$/.test(word)).join(' ');
}
