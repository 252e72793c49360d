import { exportSPKI, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openIssuers, type Issuers } from '../../../adapters/issuers/open-issuers.ts';
import { isTokenForm, verifyToken } from '../../../adapters/issuers/verify-token.ts';
import { openTestIssuer, unsigned, type TestIssuer } from '../../support/test-issuer.ts';
import { issuersOf } from './issuers-of.ts';

let issuer: TestIssuer;
let issuers: Issuers;
beforeAll(async () => {
  issuer = await openTestIssuer();
});
afterAll(async () => {
  await issuer[Symbol.asyncDispose]();
});
beforeEach(() => {
  issuers = openIssuers(issuersOf([entry()]));
});
afterEach(() => {
  issuer.away(false);
  vi.useRealTimers();
});

const entry = (tokens: object = {}) => ({
  name: 'main',
  issuer: issuer.url,
  tenant: 'acme',
  roles: { claim: 'groups', map: { staff: 'submitter' } },
  tokens: { audience: 'hansard', ...tokens },
});

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

test('a token is taken that its issuer signed for this gateway, and is valid now', async () => {
  const { issuer: from, claims } = await verifyToken(issuers, await issuer.sign());
  expect(from.name).toBe('main');
  expect(claims).toMatchObject({ sub: 'anna', groups: ['staff'] });
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['has expired', { exp: inSeconds(-40) }, 'the token has expired: get another one of its issuer'],
  ['is for later', { nbf: inSeconds(600) }, 'the claim nbf of the token is not what'],
  ['is for somebody else', { aud: 'payroll' }, 'the claim aud of the token is not what'],
  ['is for nobody', { aud: undefined }, 'the claim aud of the token is'],
  ['is of somebody else', { iss: 'https://evil.example' }, 'takes no tokens of the issuer (iss)'],
  ['is of nobody', { iss: undefined }, 'takes no tokens of the issuer (iss)'],
  ['never ends', { exp: undefined }, 'the claim exp of the token is missing'],
  ['is about nobody', { sub: undefined }, 'the claim sub of the token is missing'],
  ['is about somebody without a name', { sub: '' }, 'the claim sub of the token is no text'],
  ['ends in a month', { exp: inSeconds(30 * 86_400) }, 'does not end within 86400 seconds'],
])('a token that %s is refused', async (_, claims, message) => {
  await expect(verifyToken(issuers, await issuer.sign(claims))).rejects.toThrow(message);
});

test('clocks may differ by half a minute', async () => {
  const late = await issuer.sign({ exp: inSeconds(-20), nbf: inSeconds(20) });
  expect((await verifyToken(issuers, late)).claims.sub).toBe('anna');
});

test('a token for several, one of which is this gateway, is taken', async () => {
  const token = await issuer.sign({ aud: ['payroll', 'hansard'] });
  expect((await verifyToken(issuers, token)).claims.sub).toBe('anna');
});

describe('a token is refused', () => {
  const claims = () => ({ iss: issuer.url, sub: 'anna', aud: 'hansard', exp: inSeconds(60) });

  test('that nobody signed', async () => {
    for (const token of [unsigned(claims()), new UnsecuredJWT(claims()).encode()]) {
      await expect(verifyToken(issuers, token)).rejects.toThrow(/alg|cannot be read/);
    }
  });

  test('that is signed with the public key, taken for a secret', async () => {
    const pem = new TextEncoder().encode(await exportSPKI(issuer.key().publicKey));
    const modulus = Buffer.from(issuer.key().jwk.n ?? '', 'base64url');
    for (const key of [pem, modulus]) {
      const token = await issuer.sign({}, { header: { alg: 'HS256' }, key });
      await expect(verifyToken(issuers, token)).rejects.toThrow('signed in a way (alg)');
    }
  });

  test('that brings its own key', async () => {
    const stranger = await openTestIssuer();
    const { privateKey, jwk } = stranger.key();
    const header = { jwk, jku: `${stranger.url}/jwks` };
    const token = await issuer.sign({}, { header, key: privateKey });
    await expect(verifyToken(issuers, token)).rejects.toThrow(
      'the signature of the token is wrong',
    );
    expect(stranger.count('/jwks')).toBe(0);
    await stranger[Symbol.asyncDispose]();
  });

  test('whose claims somebody changed', async () => {
    const [head, , signature] = (await issuer.sign()).split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims(), groups: ['admins'] }));
    const token = [head, changed.toString('base64url'), signature].join('.');
    await expect(verifyToken(issuers, token)).rejects.toThrow(
      'the signature of the token is wrong',
    );
  });

  test('with an algorithm that is not on the list of its issuer', async () => {
    const narrow = openIssuers(issuersOf([entry({ algorithms: ['ES256'] })]));
    await expect(verifyToken(narrow, await issuer.sign())).rejects.toThrow('signed in a way (alg)');
  });

  test('of another type, or without a claim, that the configuration wants', async () => {
    const strict = openIssuers(issuersOf([entry({ type: 'at+jwt', requiredClaims: ['jti'] })]));
    const header = { typ: 'at+jwt' };
    await expect(verifyToken(strict, await issuer.sign({ jti: '1' }))).rejects.toThrow('claim typ');
    await expect(verifyToken(strict, await issuer.sign({}, { header }))).rejects.toThrow(
      'claim jti of the token is missing',
    );
    const right = await issuer.sign({ jti: '1' }, { header });
    expect((await verifyToken(strict, right)).claims.jti).toBe('1');
  });

  test('that demands an extension that nobody knows', async () => {
    const header = { crit: ['exp-v2'], 'exp-v2': 1 };
    const [, payload, signature] = (await issuer.sign()).split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: issuer.key().kid, ...header }));
    const token = [head.toString('base64url'), payload, signature].join('.');
    await expect(verifyToken(issuers, token)).rejects.toThrow('the token cannot be read');
  });

  test.each([
    '',
    'eyJ',
    'eyJ..',
    'eyJhbGciOiJSUzI1NiJ9.e30',
    'eyJhbGciOiJSUzI1NiJ9.bm8.x',
    'a.b.c',
  ])('that is none: %j', async (token) => {
    await expect(verifyToken(issuers, token)).rejects.toThrow(/no signed JWT|takes no tokens/);
  });

  test('that is longer than 8 kB, before it is read', async () => {
    const token = await issuer.sign({ groups: ['x'.repeat(9_000)] });
    await expect(verifyToken(issuers, token)).rejects.toThrow('more than 8192 characters');
  });
});

describe('the keys of an issuer', () => {
  test('are fetched once, however many tokens name one that there is not', async () => {
    const before = issuer.count('/jwks');
    await verifyToken(issuers, await issuer.sign());
    for (let n = 0; n < 20; n += 1) {
      const token = await issuer.sign({}, { header: { kid: `made up ${n}` } });
      await expect(verifyToken(issuers, token)).rejects.toThrow(
        'no key like that of the token (kid)',
      );
    }
    expect(issuer.count('/jwks') - before).toBe(1);
  });

  test('are fetched again for a key that is new, when half a minute is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await verifyToken(issuers, await issuer.sign());
    const old = await issuer.sign();
    await issuer.rotate();
    await expect(verifyToken(issuers, await issuer.sign())).rejects.toThrow('(kid)');
    vi.setSystemTime(Date.now() + 31_000);
    expect((await verifyToken(issuers, await issuer.sign())).claims.sub).toBe('anna');
    await expect(verifyToken(issuers, old)).rejects.toThrow('(kid)');
  });

  test('are not asked for again and again of an issuer that is away', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const paths = ['/jwks', '/.well-known/openid-configuration'];
    const asked = () => paths.map((path) => issuer.count(path)).join();
    const direct = openIssuers(issuersOf([entry({ jwksUrl: `${issuer.url}/jwks` })]));
    issuer.away(true);
    for (const one of [issuers, direct]) {
      const token = await issuer.sign();
      const failure = { name: 'IssuerUnavailableError' };
      await expect(verifyToken(one, token)).rejects.toMatchObject(failure);
      const before = asked();
      for (let n = 0; n < 5; n += 1) {
        await expect(verifyToken(one, token)).rejects.toMatchObject(failure);
      }
      expect(asked()).toBe(before);
    }
    issuer.away(false);
    vi.setSystemTime(Date.now() + 11_000);
    for (const one of [issuers, direct]) {
      expect((await verifyToken(one, await issuer.sign())).claims.sub).toBe('anna');
    }
  });
});

describe('an issuer that shares a secret', () => {
  const secret = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
  const shared = () =>
    openIssuers(
      issuersOf([entry({ secret: '${SHARED}' })], { SHARED: '0123456789abcdef0123456789abcdef' }),
    );
  const header = { alg: 'HS256', kid: undefined };

  test('signs tokens with it, and nobody asks for its keys', async () => {
    const before = issuer.count('/jwks');
    const token = await issuer.sign({}, { header, key: secret });
    expect((await verifyToken(shared(), token)).claims.sub).toBe('anna');
    expect(issuer.count('/jwks')).toBe(before);
  });

  test('signs none with another one, nor with a key', async () => {
    const other = new TextEncoder().encode('x'.repeat(32));
    const wrong = await issuer.sign({}, { header, key: other });
    await expect(verifyToken(shared(), wrong)).rejects.toThrow(
      'the signature of the token is wrong',
    );
    await expect(verifyToken(shared(), await issuer.sign())).rejects.toThrow(
      'signed in a way (alg)',
    );
  });
});

test('a key of the gateway has not the form of a token', async () => {
  expect(isTokenForm(await issuer.sign())).toBe(true);
  expect(isTokenForm(`hansard_${'0'.repeat(20)}_${'a'.repeat(43)}`)).toBe(false);
  expect(isTokenForm(`sk-${'a'.repeat(20)}.b.c`)).toBe(false);
});
