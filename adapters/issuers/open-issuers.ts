import type { Configuration } from 'openid-client';
import type { RemoteJWKSet } from 'jose';
import { discoverProvider } from './discover-provider.ts';
import type { Issuer } from './resolve-issuer.ts';
import { createTokenKeys } from './token-keys.ts';

/** An issuer, and what is asked there. Nothing is asked before it is needed. */
export interface OpenIssuer extends Issuer {
  /** Throws `IssuerUnavailableError`. */
  readonly provider: () => Promise<Configuration>;
  /** Of tokens. Throws `IssuerUnavailableError`. */
  readonly keys: () => Promise<RemoteJWKSet | Uint8Array>;
}

export interface Issuers {
  readonly all: readonly OpenIssuer[];
  /** By the name in the configuration. */
  readonly named: (name: string) => OpenIssuer | null;
}

export function openIssuers(issuers: readonly Issuer[]): Issuers {
  const all = issuers.map((issuer): OpenIssuer => {
    const provider = discoverProvider(issuer);
    return { ...issuer, provider, keys: keysOf(issuer, provider) };
  });
  return { all, named: (name) => all.find((issuer) => issuer.name === name) ?? null };
}

function keysOf({ name, tokens }: Issuer, provider: OpenIssuer['provider']): OpenIssuer['keys'] {
  const verifiedBy = tokens?.verifiedBy ?? { jwksUrl: null };
  if (!('secret' in verifiedBy)) return createTokenKeys(name, verifiedBy.jwksUrl, provider);
  return async () => await Promise.resolve(verifiedBy.secret);
}
