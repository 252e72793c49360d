import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { IssuerUnavailableError } from './bounded-fetch.ts';
import type { Issuers, OpenIssuer } from './open-issuers.ts';
import type { Issuer } from './resolve-issuer.ts';

/** A token is not taken. The message says why and what to do, and repeats nothing of it. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly kind: 'invalid' | 'expired';

  constructor(kind: 'invalid' | 'expired', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Half of the longest head of a request. */
const MOST_CHARACTERS = 8_192;

/** Has the form of a JWT, signed or encrypted: `eyJ` is `{"`. No key of the gateway has. */
export const isTokenForm = (text: string): boolean => /^eyJ[\w-]*(?:\.[\w-]*){2,4}$/.test(text);

export interface VerifiedToken {
  readonly issuer: Issuer;
  readonly claims: JWTPayload & { readonly sub: string; readonly exp: number };
}

/**
 * Who a token is from, and what it says: its signature, issuer, audience, time and required claims are as the configuration of
 * the issuer wants them. Throws `TokenError`, `IssuerUnavailableError`.
 */
export async function verifyToken({ all }: Issuers, token: string): Promise<VerifiedToken> {
  if (token.length > MOST_CHARACTERS) {
    throw new TokenError('invalid', `the token has more than ${MOST_CHARACTERS} characters`);
  }
  const iss = issuerIn(token);
  const issuer = all.find((one) => one.issuer === iss && one.tokens !== null);
  if (issuer === undefined) {
    throw new TokenError('invalid', 'this gateway takes no tokens of the issuer (iss) of this one');
  }
  try {
    const claims = await verified(issuer, token);
    const { sub, exp } = claims;
    if (typeof sub !== 'string' || sub === '' || sub.length > 255 || exp === undefined) {
      throw new TokenError(
        'invalid',
        'the claim sub of the token is no text of 1 to 255 characters',
      );
    }
    return { issuer, claims: { ...claims, sub, exp } };
  } catch (error) {
    throw told(error, issuer.name);
  }
}

/** What nobody has verified yet: it only chooses who is asked for keys. */
function issuerIn(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw new TokenError('invalid', 'the token is no signed JWT');
  }
}

async function verified(
  { issuer, tokens, keys, clockToleranceSeconds }: OpenIssuer,
  token: string,
): Promise<JWTPayload> {
  if (tokens === null) throw new TypeError('an issuer without tokens verifies none');
  const { audience, verifiedBy, type, requiredClaims, longestSeconds } = tokens;
  const options: JWTVerifyOptions = {
    algorithms: 'secret' in verifiedBy ? ['HS256'] : [...verifiedBy.algorithms],
    issuer,
    audience: [...audience],
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['exp', 'sub', ...requiredClaims],
    ...(type !== null && { typ: type }),
  };
  const key = await keys();
  const { payload } =
    key instanceof Uint8Array
      ? await jwtVerify(token, key, options)
      : await jwtVerify(token, key, options);
  const { exp = 0 } = payload;
  if (exp - Date.now() / 1_000 > longestSeconds + clockToleranceSeconds) {
    throw new TokenError(
      'invalid',
      `the token does not end within ${longestSeconds} seconds: take one that ends sooner, or raise longestSeconds of the issuer`,
    );
  }
  return payload;
}

function told(error: unknown, name: string): unknown {
  if (error instanceof TokenError || error instanceof IssuerUnavailableError) return error;
  if (!(error instanceof errors.JOSEError)) return error;
  if (error instanceof errors.JWTExpired) {
    return new TokenError('expired', 'the token has expired: get another one of its issuer');
  }
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) {
    return new IssuerUnavailableError(`the keys of ${name} cannot be fetched`, { cause: error });
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new TokenError(
      'invalid',
      `the claim ${error.claim} of the token ${WRONG_CLAIMS[error.reason] ?? 'is not valid'}`,
    );
  }
  return new TokenError('invalid', WRONG_TOKENS[error.code] ?? 'the token cannot be read');
}

const WRONG_CLAIMS: Readonly<Record<string, string>> = {
  missing: 'is missing',
  check_failed: 'is not what this gateway wants of this issuer',
};

/** By jose's codes. */
const WRONG_TOKENS: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED:
    'the token is signed in a way (alg) that this gateway does not take of this issuer',
  ERR_JWKS_NO_MATCHING_KEY: 'the issuer has no key like that of the token (kid)',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS:
    'the issuer has several keys, and the token does not name one (kid)',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the signature of the token is wrong',
};
