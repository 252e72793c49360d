import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Role } from '../../workflows/contracts/tenant-roles.ts';
import { ConfigurationError } from '../inference/targets/resolve-target.ts';
import { interpolate } from '../inference/targets/variables.ts';
import type { Environment } from '../settings/environment.ts';
import type { IssuerEntry } from './issuer-schema.ts';

/** Names on the way to a claim, the outermost first. */
export type ClaimPath = readonly string[];

interface ClaimTable<Meaning> {
  readonly claim: ClaimPath;
  /** In the order of the file. */
  readonly map: ReadonlyMap<string, Meaning>;
}

/** How the signatures of tokens are verified: never both. */
type VerifiedBy =
  | { readonly secret: Uint8Array }
  /** Null: as the discovery says. */
  | { readonly jwksUrl: URL | null; readonly algorithms: readonly string[] };

/** Who vouches for people and programs. */
export interface Issuer {
  readonly name: string;
  /** As tokens have it, exactly. */
  readonly issuer: string;
  readonly tenant: string | ClaimTable<string>;
  readonly roles: ClaimTable<Role>;
  readonly clockToleranceSeconds: number;
  /** Null: its tokens are not taken. */
  readonly tokens: {
    readonly audience: readonly string[];
    readonly verifiedBy: VerifiedBy;
    readonly type: string | null;
    readonly requiredClaims: readonly string[];
    readonly longestSeconds: number;
  } | null;
  /** Null: nobody signs in there. */
  readonly signIn: {
    readonly label: string;
    readonly clientId: string;
    readonly clientSecret: string | null;
    readonly scopes: readonly string[];
    readonly userInfo: boolean;
    readonly sessionSeconds: number;
  } | null;
}

/** RFC 7518, 3.2: as long as the digest, at least. */
const SHORTEST_SECRET_BYTES = 32;

/** No signature by a secret, and none that is out of use. */
const USUAL_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/**
 * Turns an entry of the configuration, which stands at `place`, into an issuer; relative paths start at `folder`. Throws
 * `ConfigurationError`, which repeats no value: a gateway with half of an issuer would let the wrong people in, or nobody.
 */
export function resolveIssuer(
  entry: IssuerEntry,
  place: string,
  { env, folder }: { readonly env: Environment; readonly folder: string },
): Issuer {
  const wrong = (field: string, sentence: string): ConfigurationError =>
    new ConfigurationError(`${place}.${field} ${sentence}.`);
  const written = (field: string, template: string): string => {
    const { text, missing } = interpolate(template, env);
    if (missing !== null) throw wrong(field, `needs the variable ${missing}. Set it`);
    return text;
  };
  const { name, roles, clockToleranceSeconds, tokens, signIn } = entry;
  if (tokens === undefined && signIn === undefined) {
    throw new ConfigurationError(
      `${place} vouches for nobody. Give it tokens, for programs, or signIn, for people at the page.`,
    );
  }
  const wholeNumber = [...roles.map.keys()].find((value) => /^\d+$/.test(value));
  if (wholeNumber !== undefined) {
    throw wrong(
      'roles.map',
      'has a whole number, whose place in the order would be lost. Map another claim',
    );
  }
  const address = (field: string, template: string): URL => {
    const url = URL.parse(written(field, template));
    if (url === null || !isSafe(url)) throw wrong(field, SAFE_ADDRESS);
    return url;
  };
  address('issuer', entry.issuer);

  const verifiedBy = (own: NonNullable<IssuerEntry['tokens']>): VerifiedBy => {
    const { secret, secretFile, jwksUrl, algorithms } = own;
    if (secret === undefined && secretFile === undefined) {
      return {
        jwksUrl: jwksUrl === undefined ? null : address('tokens.jwksUrl', jwksUrl),
        algorithms: algorithms ?? USUAL_ALGORITHMS,
      };
    }
    if (secret !== undefined && secretFile !== undefined) {
      throw wrong('tokens', 'has both secret and secretFile. Remove one of them');
    }
    if (jwksUrl !== undefined || algorithms !== undefined) {
      throw wrong(
        'tokens',
        'has a secret beside jwksUrl or algorithms, which are for public keys. Remove one or the other',
      );
    }
    const field = secret === undefined ? 'tokens.secretFile' : 'tokens.secret';
    const text =
      secret === undefined
        ? secretIn(resolve(folder, written(field, secretFile ?? '')), field, wrong)
        : written(field, `\${${secret}}`);
    if (text.includes('-----BEGIN ')) {
      throw wrong(
        field,
        'is a key in PEM, and no secret: whoever has a public key could sign with it. Name its JWKS by jwksUrl',
      );
    }
    const bytes = new TextEncoder().encode(text);
    if (bytes.length < SHORTEST_SECRET_BYTES) {
      throw wrong(
        field,
        `has fewer than ${SHORTEST_SECRET_BYTES} bytes, and can be guessed. Take a longer one`,
      );
    }
    return { secret: bytes };
  };

  return {
    name,
    issuer: written('issuer', entry.issuer),
    tenant: entry.tenant,
    roles,
    clockToleranceSeconds,
    tokens:
      tokens === undefined
        ? null
        : {
            audience: tokens.audience.map((audience) => written('tokens.audience', audience)),
            verifiedBy: verifiedBy(tokens),
            type: tokens.type ?? null,
            requiredClaims: tokens.requiredClaims,
            longestSeconds: tokens.longestSeconds,
          },
    signIn:
      signIn === undefined
        ? null
        : {
            label: signIn.label,
            clientId: written('signIn.clientId', signIn.clientId),
            clientSecret:
              signIn.clientSecret === undefined
                ? null
                : written('signIn.clientSecret', `\${${signIn.clientSecret}}`),
            scopes: signIn.scopes,
            userInfo: signIn.userInfo,
            sessionSeconds: Math.round(signIn.sessionHours * 3_600),
          },
  };
}

function secretIn(
  path: string,
  field: string,
  wrong: (field: string, sentence: string) => ConfigurationError,
): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw wrong(field, 'names a file that cannot be read. Correct the path, or the permissions');
  }
}

/** Keys and codes go there: nobody on the way may read or change them. */
const isSafe = ({ protocol, hostname, username, password, search, hash }: URL): boolean =>
  (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))) &&
  `${username}${password}${search}${hash}` === '';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

const SAFE_ADDRESS =
  'is not an address of https without user, query and fragment, such as https://id.example.org/realms/main. (http is for this machine only.) Correct it';
