import {
  allowInsecureRequests,
  clockTolerance,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  type ServerMetadata,
} from 'openid-client';
import { boundedFetch, IssuerUnavailableError } from './bounded-fetch.ts';
import { refreshed } from './refreshed.ts';
import type { Issuer } from './resolve-issuer.ts';

const TIMEOUT_SECONDS = 5;
const KEEP_MS = 3_600_000;
const COOL_DOWN_MS = 10_000;

/**
 * What an issuer says of itself (OpenID Connect Discovery), and the client that Hansard is there; asked once an hour. Throws
 * `IssuerUnavailableError`.
 */
export const discoverProvider = (issuer: Issuer): (() => Promise<Configuration>) =>
  refreshed(
    async () => {
      try {
        return await discovered(issuer);
      } catch (cause) {
        throw new IssuerUnavailableError(`the discovery of ${issuer.name} does not answer`, {
          cause,
        });
      }
    },
    { keepMs: KEEP_MS, coolDownMs: COOL_DOWN_MS },
  );

async function discovered({
  issuer,
  signIn,
  clockToleranceSeconds,
}: Issuer): Promise<Configuration> {
  const url = new URL(issuer);
  const clientId = signIn?.clientId ?? 'hansard';
  const isPlain = url.protocol === 'http:';
  const found = await discovery(url, clientId, undefined, None(), {
    timeout: TIMEOUT_SECONDS,
    [customFetch]: boundedFetch,
    ...(isPlain && { execute: [allowInsecureRequests] }),
  });
  const server = found.serverMetadata();
  const { clientSecret = null } = signIn ?? {};
  const configuration = new Configuration(
    server,
    clientId,
    { [clockTolerance]: clockToleranceSeconds },
    clientSecret === null ? None() : authenticationOf(server, clientSecret),
  );
  configuration.timeout = TIMEOUT_SECONDS;
  configuration[customFetch] = boundedFetch;
  if (isPlain) allowInsecureRequests(configuration);
  // The signature too, although the token comes from the provider itself.
  enableNonRepudiationChecks(configuration);
  return configuration;
}

/** OpenID Connect Discovery, 3: without a list, the header. */
const authenticationOf = (
  { token_endpoint_auth_methods_supported: methods }: ServerMetadata,
  secret: string,
) =>
  methods !== undefined && !methods.includes('client_secret_basic')
    ? ClientSecretPost(secret)
    : ClientSecretBasic(secret);
