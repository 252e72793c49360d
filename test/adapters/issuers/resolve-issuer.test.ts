import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readIssuers } from '../../../adapters/issuers/read-issuers.ts';
import { issuersOf } from './issuers-of.ts';

const TOKENS = { audience: 'hansard' };
const SIGN_IN = { label: 'Acme', clientId: 'hansard' };
const entry = (changed: object = {}) => ({
  name: 'main',
  issuer: 'https://id.example.org/',
  tenant: 'acme',
  roles: { claim: 'groups', map: { staff: 'viewer' } },
  tokens: TOKENS,
  ...changed,
});
const SECRET = 'a secret that is long enough for HS256';

test('an issuer is as it is written, with what is usual where nothing is', () => {
  const [issuer] = issuersOf([entry({ signIn: SIGN_IN })]);
  expect(issuer).toMatchObject({
    issuer: 'https://id.example.org/',
    clockToleranceSeconds: 30,
    tokens: {
      audience: ['hansard'],
      verifiedBy: { jwksUrl: null, algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] },
      longestSeconds: 86_400,
    },
    signIn: { clientSecret: null, scopes: ['openid', 'profile', 'email'], sessionSeconds: 43_200 },
  });
});

test.each<[string, object, string]>([
  ['no way to use it', { tokens: undefined }, 'issuers[0] vouches for nobody'],
  [
    'plain http',
    { issuer: 'http://id.example.org' },
    'issuers[0].issuer is not an address of https',
  ],
  [
    'a password in its address',
    { issuer: 'https://a:b@id.example.org' },
    'issuer is not an address of https',
  ],
  ['a name that no address can have', { name: 'Main ' }, 'issuers[0].name: must be 1 to 32'],
  ['a tenant that is none', { tenant: 'Acme Inc' }, 'issuers[0].tenant: must be a tenant'],
  [
    'a tenant that any token can name',
    { tenant: { claim: 'org' } },
    'issuers[0].tenant: must be a tenant, or a claim with a map',
  ],
  [
    'a role that there is not',
    { roles: { claim: 'g', map: { a: 'owner' } } },
    'issuers[0].roles.map.a: must be viewer or',
  ],
  [
    'roles without an entry',
    { roles: { claim: 'g', map: {} } },
    'issuers[0].roles.map: must have an entry',
  ],
  [
    'a number for a role',
    { roles: { claim: 'g', map: { 7: 'admin' } } },
    'roles.map has a whole number',
  ],
  [
    'the algorithm none',
    { tokens: { ...TOKENS, algorithms: ['none'] } },
    'issuers[0].tokens.algorithms[0]: must be RS256 or',
  ],
  [
    'an algorithm of secrets',
    { tokens: { ...TOKENS, algorithms: ['HS256'] } },
    'issuers[0].tokens.algorithms[0]: must be RS256 or',
  ],
  [
    'a secret and keys',
    { tokens: { ...TOKENS, secret: '${S}', jwksUrl: 'https://x.example' } },
    'tokens has a secret beside jwksUrl',
  ],
  [
    'a secret and algorithms of keys',
    { tokens: { ...TOKENS, secret: '${S}', algorithms: ['RS256'] } },
    'tokens has a secret beside jwksUrl or algorithms',
  ],
  [
    'two secrets',
    { tokens: { ...TOKENS, secret: '${S}', secretFile: 's' } },
    'tokens has both secret and secretFile',
  ],
  [
    'a secret that is written out',
    { tokens: { ...TOKENS, secret: SECRET } },
    'tokens.secret: must name a variable',
  ],
  [
    'a variable that is not set',
    { tokens: { ...TOKENS, secret: '${NONE}' } },
    'tokens.secret needs the variable NONE. Set it',
  ],
  [
    'a secret that is short',
    { tokens: { ...TOKENS, secret: '${SHORT}' } },
    'tokens.secret has fewer than 32 bytes',
  ],
  [
    'a public key for a secret',
    { tokens: { ...TOKENS, secret: '${PEM}' } },
    'tokens.secret is a key in PEM',
  ],
  [
    'a file that is not there',
    { tokens: { ...TOKENS, secretFile: 'none' } },
    'tokens.secretFile names a file that cannot be read',
  ],
  [
    'a sign-in for a week',
    { signIn: { ...SIGN_IN, sessionHours: 168 } },
    'issuers[0].signIn.sessionHours: must be 24 at most',
  ],
  [
    'scopes without openid',
    { signIn: { ...SIGN_IN, scopes: ['email'] } },
    'issuers[0].signIn.scopes: must have openid',
  ],
  [
    'a field that there is not',
    { audience: 'x' },
    'audience is not known here. Known: name, issuer',
  ],
])('an issuer with %s is refused, and no value is repeated', (_, changed, message) => {
  const env = {
    S: SECRET,
    SHORT: 'short and secret',
    PEM: `-----BEGIN PUBLIC KEY-----\n${SECRET}`,
  };
  let told = '';
  try {
    issuersOf([entry(changed)], env);
  } catch (error) {
    told = String(error);
  }
  expect(told).toContain(message);
  expect(told).not.toContain('secret that is');
  expect(told).not.toContain('short and secret');
});

test('a secret lies in a file, without the end of its line; every issuer has its own name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-issuers-'));
  const write = async (issuers: object) => {
    await writeFile(join(folder, 'hansard.yaml'), JSON.stringify({ issuers }));
    return await readIssuers({ HANSARD_CONFIG: 'hansard.yaml' }, folder);
  };
  await writeFile(join(folder, 'secret'), `${SECRET}\n`);
  const [issuer] = await write([entry({ tokens: { ...TOKENS, secretFile: 'secret' } })]);
  expect(issuer?.tokens?.verifiedBy).toEqual({ secret: new TextEncoder().encode(SECRET) });
  await expect(write([entry(), entry({ issuer: 'https://b.example' })])).rejects.toThrow(
    'issuers[1].name is also that of issuers[0]',
  );
  await expect(write([entry(), entry({ name: 'other' })])).rejects.toThrow(
    'issuers[1].issuer is also that of issuers[0]',
  );
  await rm(folder, { recursive: true });
  expect(await readIssuers({}, folder)).toEqual([]);
});
