import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export type TestIssuer = Awaited<ReturnType<typeof openTestIssuer>>;

/**
 * An issuer on the loopback for the faults that a real one does not make: it signs whatever it is told to, says so at its token
 * endpoint, and can be away.
 */
export async function openTestIssuer() {
  const asked: string[] = [];
  let current = await makeKey('first');
  let published = [current.jwk];
  let isAway = false;
  let idToken: () => Promise<string> = async () => await Promise.resolve('');
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      asked.push(pathname);
      await text(request);
      const answer = async (): Promise<object | null> => {
        if (pathname === '/.well-known/openid-configuration') return metadata();
        if (pathname === '/jwks') return { keys: published };
        if (pathname !== '/token') return null;
        return { access_token: 'opaque', token_type: 'bearer', id_token: await idToken() };
      };
      const body = isAway ? null : await answer();
      response.writeHead(body === null ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const metadata = () => ({
    issuer: url,
    jwks_uri: `${url}/jwks`,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'none'],
    code_challenge_methods_supported: ['S256'],
  });
  return {
    url,
    /** How often a path was asked. */
    count: (path: string) => asked.filter((one) => one === path).length,
    key: () => current,
    /** Signs with a new key, which takes the place of the one before. */
    rotate: async () => {
      current = await makeKey(`key ${asked.length}`);
      published = [current.jwk];
    },
    away: (away: boolean) => {
      isAway = away;
    },
    /** What the token endpoint answers from now on. */
    answerWith: (made: () => Promise<string>) => {
      idToken = made;
    },
    /** A token that is right for the audience `hansard` and an hour, but for what is given; `undefined` leaves a claim out. */
    sign: async (
      claims: Readonly<Record<string, unknown>> = {},
      {
        header = {},
        key = current.privateKey,
      }: { header?: object; key?: CryptoKey | Uint8Array } = {},
    ) => {
      const now = Math.floor(Date.now() / 1_000);
      const right = { iss: url, sub: 'anna', aud: 'hansard', iat: now, exp: now + 3_600 };
      return await new SignJWT({ ...right, groups: ['staff'], ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: current.kid, ...header })
        .sign(key);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function makeKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256' },
  };
}

/** A JWT that nobody signed. */
export function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}
