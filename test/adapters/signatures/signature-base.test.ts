import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { parseDictionary, type InnerList } from 'structured-headers';
import { expect, test } from 'vitest';
import {
  authorityOf,
  requestParts,
  type RequestFacts,
} from '../../../adapters/signatures/request-parts.ts';
import {
  signatureBase,
  UnusableComponentError,
  type MessageParts,
} from '../../../adapters/signatures/signature-base.ts';
import { isSignedBy, signText } from '../../../adapters/signatures/signing-key.ts';
import {
  DEMO_REQUEST,
  ED25519,
  ED25519_PRIVATE,
  HMAC,
  PROXY_REQUEST,
  REQUEST,
  RESPONSE_DIGEST,
  VECTORS,
} from './rfc-9421-vectors.ts';

interface Message extends Omit<RequestFacts, 'field'> {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

const partsOf = ({ headers, ...facts }: Message): MessageParts =>
  requestParts({ ...facts, field: (name) => [headers[name] ?? []].flat() });

const RESPONSE: MessageParts = {
  derived: (name) => (name === '@status' ? '200' : null),
  field: (name) =>
    [
      {
        'content-type': 'application/json',
        'content-digest': RESPONSE_DIGEST,
        'content-length': '23',
      }[name] ?? [],
    ].flat(),
};

const PARTS = {
  request: partsOf(REQUEST),
  response: RESPONSE,
  proxy: partsOf(PROXY_REQUEST),
  demo: partsOf(DEMO_REQUEST),
};

const covered = (input: string): InnerList => {
  const member = parseDictionary(`sig=${input}`).get('sig');
  if (!Array.isArray(member?.[0])) throw new TypeError(input);
  return member as InnerList;
};

test.each(VECTORS)('RFC 9421: $name', ({ of, input, lines, signature, verify }) => {
  const base = signatureBase(covered(input), PARTS[of]);
  expect(base).toBe([...lines, `"@signature-params": ${input}`].join('\n'));
  expect(verify(base, Buffer.from(signature, 'base64'))).toBe(true);
  expect(verify(`${base} `, Buffer.from(signature, 'base64'))).toBe(false);
});

test('the signatures of RFC 9421 that are always the same are made, too', () => {
  const [hmac, ed25519] = [VECTORS[4], VECTORS[5]];
  const base = (of: typeof hmac) => signatureBase(covered(of?.input ?? ''), PARTS.request);
  const secret = Buffer.from(HMAC.material, 'base64');
  const made = signText(base(hmac), { algorithm: 'hmac-sha256', secret });
  expect(made.toString('base64')).toBe(hmac?.signature);
  const privateKey = createPrivateKey(ED25519_PRIVATE);
  const signed = signText(base(ed25519), { algorithm: 'ed25519', privateKey });
  expect(signed.toString('base64')).toBe(ed25519?.signature);
});

test.each([
  ['a query that is longer', { target: '/demo?name1=Value1&Name2=value2&param=added' }, true],
  ['lines that are one', { headers: { accept: 'application/json, */*', via: '1.1 a' } }, true],
  ['space around a value', { headers: { accept: [' application/json', '*/*  '] } }, true],
  ['another method', { method: 'POST' }, false],
  ['another host', { authority: 'example.com' }, false],
  ['values in another order', { headers: { accept: ['*/*', 'application/json'] } }, false],
])('RFC 9421, B.4: %s', (_, changed, stays) => {
  const { input = '', signature = '' } = VECTORS[7] ?? {};
  const base = signatureBase(covered(input), partsOf({ ...DEMO_REQUEST, ...changed }));
  expect(isSignedBy(base, Buffer.from(signature, 'base64'), ED25519)).toBe(stays);
});

test.each([
  ['@method', 'POST'],
  ['@target-uri', 'https://example.com/foo?param=Value&Pet=dog'],
  ['@authority', 'example.com'],
  ['@scheme', 'https'],
  ['@request-target', '/foo?param=Value&Pet=dog'],
  ['@path', '/foo'],
  ['@query', '?param=Value&Pet=dog'],
])('%s of a request is %s', (name, value) => {
  const [first] = signatureBase(covered(`("${name}")`), PARTS.request).split('\n');
  expect(first).toBe(`"${name}": ${value}`);
});

test('an address without path and query has the path / and the query ?', () => {
  const bare = partsOf({ ...REQUEST, target: '' });
  expect(signatureBase(covered('("@path" "@query")'), bare)).toMatch(
    /^"@path": \/\n"@query": \?\n/,
  );
});

test('a parameter of the query is encoded anew, and has to be there once', () => {
  const of = (target: string) =>
    signatureBase(covered('("@query-param";name="a%20b")'), partsOf({ ...REQUEST, target }));
  expect(of('/foo?a+b=x%2fy*')).toMatch(/^"@query-param";name="a%20b": x%2Fy%2A\n/);
  expect(() => of('/foo?a+b=1&a%20b=2')).toThrow(UnusableComponentError);
  expect(() => of('/foo?c=1')).toThrow(UnusableComponentError);
});

test.each(['("date" "date")', '("absent")', '("@status")', '("@nonsense")', '("date";sf)', '(1)'])(
  '%s cannot be signed of this request',
  (input) => {
    expect(() => signatureBase(covered(input), PARTS.request)).toThrow(UnusableComponentError);
  },
);

test('a value with a line break never becomes a line of its own', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const parts = partsOf({ ...REQUEST, headers: { date: `${before}\n"@method": GET${after}` } });
      expect(() => signatureBase(covered('("date")'), parts)).toThrow(UnusableComponentError);
    }),
    { numRuns: 50 },
  );
});

test('host and port are in lower case, without the port of the scheme', () => {
  expect(authorityOf('WWW.Example.com', 'https')).toBe('www.example.com');
  expect(authorityOf('example.com:443', 'https')).toBe('example.com');
  expect(authorityOf('example.com:80', 'http')).toBe('example.com');
  expect(authorityOf('example.com:80', 'https')).toBe('example.com:80');
  expect(authorityOf('[::1]:8080', 'http')).toBe('[::1]:8080');
});
