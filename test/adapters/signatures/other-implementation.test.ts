import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { createSigner, createVerifier, httpbis } from 'http-message-signatures';
import { parseDictionary, type InnerList } from 'structured-headers';
import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { contentDigest } from '../../../adapters/signatures/content-digest.ts';
import { requestParts } from '../../../adapters/signatures/request-parts.ts';
import { signatureBase } from '../../../adapters/signatures/signature-base.ts';
import { signRequest } from '../../../adapters/signatures/sign-request.ts';
import { isSignedBy, type SigningKey } from '../../../adapters/signatures/signing-key.ts';

/** Ours beside an implementation of RFC 9421 by somebody else. */

const PAIR = generateKeyPairSync('ed25519');
const SECRET = randomBytes(32);
const KEYS: Readonly<
  Record<
    SigningKey['algorithm'],
    { ours: SigningKey; theirs: [Buffer | string, Buffer | string]; material: string }
  >
> = {
  ed25519: {
    ours: { algorithm: 'ed25519', privateKey: PAIR.privateKey },
    theirs: [
      PAIR.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      PAIR.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ],
    material: createPublicKey(PAIR.privateKey)
      .export({ type: 'spki', format: 'der' })
      .toString('base64'),
  },
  'hmac-sha256': {
    ours: { algorithm: 'hmac-sha256', secret: SECRET },
    theirs: [SECRET, SECRET],
    material: SECRET.toString('base64'),
  },
};
const ALGORITHMS = ['ed25519', 'hmac-sha256'] as const;

const URLS = [
  'https://minutes.example.org/api/jobs?name=a%20b.m4a&title=%E6%8A%A5%E4%BB%B7',
  'http://127.0.0.1:8080/api/keys',
];
const BODY = '{"name":"reports"}';

test.each(ALGORITHMS.flatMap((one) => URLS.map((url) => [one, url] as const)))(
  'what we sign with %s for %s verifies elsewhere, and nothing else does',
  async (algorithm, url) => {
    const { ours, theirs } = KEYS[algorithm];
    const body = { sha256: sha256(BODY), type: 'application/json' };
    const headers = signRequest(
      { method: 'POST', url: new URL(url), body },
      { keyId: '0123456789abcdef0123', key: ours },
    );
    const verify = async (changed: { method?: string; url?: string }) =>
      await httpbis.verifyMessage(
        {
          keyLookup: async () => ({
            id: '0123456789abcdef0123',
            algs: [algorithm],
            verify: createVerifier(theirs[1], algorithm),
          }),
          requiredFields: ['@method', '@target-uri', 'content-digest', 'content-type'],
          requiredParams: ['created', 'expires', 'nonce', 'keyid', 'tag'],
        },
        { method: 'POST', url, headers: { ...headers }, ...changed },
      );
    expect(await verify({})).toBe(true);
    expect(await verify({ method: 'PUT' })).toBe(false);
    expect(await verify({ url: `${url}x` })).toBe(false);
  },
);

test.each(ALGORITHMS.flatMap((one) => URLS.map((url) => [one, url] as const)))(
  'what somebody else signs with %s for %s verifies here, and nothing else does',
  async (algorithm, url) => {
    const { theirs, material } = KEYS[algorithm];
    const { headers }: { headers: Readonly<Record<string, unknown>> } = await httpbis.signMessage(
      {
        name: 'theirs',
        key: createSigner(theirs[0], algorithm, '0123456789abcdef0123'),
        fields: ['@method', '@authority', '@path', '@query', '@target-uri', 'content-digest'],
        params: ['created', 'expires', 'nonce', 'keyid', 'tag'],
        paramValues: { nonce: randomUUID(), tag: 'hansard' },
      },
      { method: 'POST', url, headers: { 'content-digest': contentDigest(sha256(BODY)) } },
    );
    const input = parseDictionary(String(headers['Signature-Input'])).get('theirs') as InnerList;
    const [signature] = parseDictionary(String(headers['Signature'])).get('theirs') ?? [];
    const { protocol, host, pathname, search } = new URL(url);
    const facts = {
      method: 'POST',
      scheme: protocol === 'https:' ? 'https' : 'http',
      authority: host,
      target: `${pathname}${search}`,
      field: (name: string) => [String(headers[name])],
    } as const;
    const isRight = (changed: object) =>
      isSignedBy(
        signatureBase(input, requestParts({ ...facts, ...changed })),
        new Uint8Array(signature as ArrayBuffer),
        { algorithm, material },
      );
    expect(isRight({})).toBe(true);
    expect(isRight({ method: 'PUT' })).toBe(false);
    expect(isRight({ target: '/api' })).toBe(false);
  },
);
