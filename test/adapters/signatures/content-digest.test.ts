import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/identity/digest.ts';
import { contentDigest, digestCheck } from '../../../adapters/signatures/content-digest.ts';

/** Bodies and digests of RFC 9530, appendices B and D, with erratum 8890 for the compressed one. */
const HELLO = '{"hello": "world"}\n';
const COMPRESSED = Buffer.from('0b09807b2268656c6c6f223a2022776f726c64227d0a03', 'hex');
const BOTH =
  'sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:, sha-512=:db7fdBbgZMgX1Wb2MjA8zZj+rSNgfmDCEEXM8qLWfpfoNY0sCpHAzZbj09X1/7HAb7Od5Qfto4QpuBsFbUO3dQ==:';
const SHA_512 =
  'sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:';

const isRight = (field: string, body: Buffer | string): boolean | null => {
  const check = digestCheck(field);
  for (const byte of Buffer.from(body)) check?.update(Uint8Array.of(byte));
  return check?.isRight() ?? null;
};

test.each([
  ['B.1', HELLO, 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:'],
  ['B.2, nothing', '', 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:'],
  ['B.3, a part', '"world"}\n', 'sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:'],
  ['B.4, compressed', COMPRESSED, 'sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:'],
  ['B.7', '{"title": "New Title"}\n', 'sha-256=:mEkdbO7Srd9LIOegftO0aBX+VPTVz7/CSHes2Z27gc4=:'],
])('RFC 9530, %s', (_, body, field) => {
  expect(contentDigest(sha256(body))).toBe(field);
  expect(isRight(field, body)).toBe(true);
  expect(isRight(field, `${String(body)} `)).toBe(false);
});

test('RFC 9530: of two digests, each is looked at', () => {
  expect(isRight(BOTH, COMPRESSED)).toBe(true);
  expect(isRight(BOTH.replace('sha-512=:d', 'sha-512=:e'), COMPRESSED)).toBe(false);
  expect(isRight(BOTH.replace('sha-256=:d', 'sha-256=:e'), COMPRESSED)).toBe(false);
  expect(isRight(SHA_512, HELLO)).toBe(true);
});

test.each([
  '',
  'md5=:Sd/dVLAcvNLSq16eXua5uQ==:',
  'sha-256=RK',
  'sha-256="RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg="',
  'sha-256=:RK/0qy18',
  'SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
])('%j says nothing that can be compared', (field) => {
  expect(digestCheck(field)).toBeNull();
});

test('a digest that is too short is wrong, and one of a broken algorithm beside a good one counts for nothing', () => {
  expect(isRight('sha-256=:RK8=:', HELLO)).toBe(false);
  expect(isRight(`md5=:AAAA:, ${SHA_512}`, HELLO)).toBe(true);
});

test('of any body, only the body itself has its digest', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
      const field = contentDigest(sha256(one));
      expect(isRight(field, Buffer.from(one))).toBe(true);
      expect(isRight(field, Buffer.from(other))).toBe(Buffer.compare(one, other) === 0);
    }),
    { numRuns: 50 },
  );
});
