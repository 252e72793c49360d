import { createRemoteJWKSet, customFetch, type RemoteJWKSet } from 'jose';
import type { Configuration } from 'openid-client';
import { boundedFetch, IssuerUnavailableError } from './bounded-fetch.ts';
import { refreshed } from './refreshed.ts';

const COOL_DOWN_MS = 10_000;
/** Until keys that the issuer has withdrawn are out of use here, too. */
const KEEP_MS = 600_000;

/**
 * The public keys of an issuer. A `kid` that nobody knows has them fetched again, at most once in 30 seconds; an issuer that
 * does not answer is asked at most once in 10. The function throws `IssuerUnavailableError`, and jose's errors.
 *
 * @param jwksUrl null: where the discovery says
 */
export function createTokenKeys(
  name: string,
  jwksUrl: URL | null,
  provider: () => Promise<Configuration>,
): () => Promise<RemoteJWKSet> {
  return refreshed(
    async () => {
      const url = jwksUrl ?? jwksOf(name, (await provider()).serverMetadata());
      return createRemoteJWKSet(url, {
        cacheMaxAge: KEEP_MS,
        [customFetch]: coolingDown(async (address, options) => {
          const response = await boundedFetch(address, options);
          if (response.status === 200) return response;
          throw new TypeError(`the answer has the status ${response.status}`);
        }, name),
      });
    },
    { keepMs: Infinity, coolDownMs: COOL_DOWN_MS },
  );
}

function jwksOf(name: string, { jwks_uri: uri }: { readonly jwks_uri?: string }): URL {
  const url = URL.parse(uri ?? '');
  if (url !== null) return url;
  throw new IssuerUnavailableError(`the discovery of ${name} names no jwks_uri`);
}

type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** jose waits after a fetch that was answered only. */
function coolingDown(ask: Fetch, name: string): Fetch {
  let until = 0;
  return async (url, options) => {
    const unavailable = (cause?: unknown) =>
      new IssuerUnavailableError(`the keys of ${name} cannot be fetched`, { cause });
    if (Date.now() < until) throw unavailable();
    try {
      return await ask(url, options);
    } catch (error) {
      until = Date.now() + COOL_DOWN_MS;
      throw unavailable(error);
    }
  };
}
