import { createPublicKey, verify } from 'node:crypto';
import { isSignedBy } from '../../../adapters/signatures/signing-key.ts';

/** Keys, messages and signatures of RFC 9421, appendix B. */

const DIGEST =
  'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:';

export const RESPONSE_DIGEST =
  'sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:';

/** B.2: the request. */
export const REQUEST = {
  method: 'POST',
  scheme: 'https',
  authority: 'example.com',
  target: '/foo?param=Value&Pet=dog',
  headers: {
    date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'content-type': 'application/json',
    'content-digest': DIGEST,
    'content-length': '18',
  },
  body: '{"hello": "world"}',
} as const;

const CERTIFICATE = [
  ':MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAe',
  'Fw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalR',
  'hebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0Z',
  'aSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUC',
  'IBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:',
].join('');

/** B.3: what the proxy behind which TLS ends sends on. */
export const PROXY_REQUEST = {
  method: 'POST',
  scheme: 'https',
  authority: 'service.internal.example',
  target: '/foo?param=Value&Pet=dog',
  headers: { 'client-cert': CERTIFICATE },
} as const;

/** B.4: the request that intermediaries change. */
export const DEMO_REQUEST = {
  method: 'GET',
  scheme: 'https',
  authority: 'example.org',
  target: '/demo?name1=Value1&Name2=value2',
  headers: { accept: ['application/json', '*/*'] },
} as const;

/** B.1.4, B.1.5. */
export const ED25519 = {
  algorithm: 'ed25519',
  material: 'MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=',
} as const;
export const ED25519_PRIVATE = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
`;
export const HMAC = {
  algorithm: 'hmac-sha256',
  material:
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
} as const;

/** B.1.2, B.1.3. */
const PSS = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----`;
const P256 = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
-----END PUBLIC KEY-----`;

type Verify = (base: string, signature: Buffer) => boolean;
const byPss: Verify = (base, signature) =>
  verify(
    'sha512',
    Buffer.from(base),
    // The salt has 64 bytes; 6: RSA_PKCS1_PSS_PADDING.
    { key: createPublicKey(PSS), padding: 6, saltLength: 64 },
    signature,
  );
const byP256: Verify = (base, signature) =>
  verify(
    'sha256',
    Buffer.from(base),
    { key: createPublicKey(P256), dsaEncoding: 'ieee-p1363' },
    signature,
  );
const byOurs =
  (key: typeof ED25519 | typeof HMAC): Verify =>
  (base, signature) =>
    isSignedBy(base, signature, key);

interface Vector {
  readonly name: string;
  readonly of: 'request' | 'response' | 'proxy' | 'demo';
  /** Of `Signature-Input`, without the label. */
  readonly input: string;
  /** What is signed, without its last line. */
  readonly lines: readonly string[];
  /** Base64. */
  readonly signature: string;
  readonly verify: Verify;
}

const [DATE, METHOD, PATH, AUTHORITY, TYPE] = [
  '"date": Tue, 20 Apr 2021 02:07:55 GMT',
  '"@method": POST',
  '"@path": /foo',
  '"@authority": example.com',
  '"content-type": application/json',
];

export const VECTORS: readonly Vector[] = [
  {
    name: 'B.2.1, minimal, rsa-pss-sha512',
    of: 'request',
    input: '();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
    lines: [],
    signature:
      'd2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==',
    verify: byPss,
  },
  {
    name: 'B.2.2, selected components, rsa-pss-sha512',
    of: 'request',
    input:
      '("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
    lines: [AUTHORITY, `"content-digest": ${DIGEST}`, '"@query-param";name="Pet": dog'],
    signature:
      'LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==',
    verify: byPss,
  },
  {
    name: 'B.2.3, full coverage, rsa-pss-sha512',
    of: 'request',
    input:
      '("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
    lines: [
      DATE,
      METHOD,
      PATH,
      '"@query": ?param=Value&Pet=dog',
      AUTHORITY,
      TYPE,
      `"content-digest": ${DIGEST}`,
      '"content-length": 18',
    ],
    signature:
      'bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==',
    verify: byPss,
  },
  {
    name: 'B.2.4, a response, ecdsa-p256-sha256',
    of: 'response',
    input:
      '("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    lines: ['"@status": 200', TYPE, `"content-digest": ${RESPONSE_DIGEST}`, '"content-length": 23'],
    signature:
      'wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==',
    verify: byP256,
  },
  {
    name: 'B.2.5, hmac-sha256',
    of: 'request',
    input: '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    lines: [DATE, AUTHORITY, TYPE],
    signature: 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=',
    verify: byOurs(HMAC),
  },
  {
    name: 'B.2.6, ed25519',
    of: 'request',
    input:
      '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    lines: [DATE, METHOD, PATH, AUTHORITY, TYPE, '"content-length": 18'],
    signature:
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    verify: byOurs(ED25519),
  },
  {
    name: 'B.3, a proxy with TLS, ecdsa-p256-sha256',
    of: 'proxy',
    input:
      '("@path" "@query" "@method" "@authority" "client-cert");created=1618884473;keyid="test-key-ecc-p256"',
    lines: [
      PATH,
      '"@query": ?param=Value&Pet=dog',
      METHOD,
      '"@authority": service.internal.example',
      `"client-cert": ${CERTIFICATE}`,
    ],
    signature:
      'xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==',
    verify: byP256,
  },
  {
    name: 'B.4, a request that is changed on its way, ed25519',
    of: 'demo',
    input: '("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
    lines: [
      '"@method": GET',
      '"@path": /demo',
      '"@authority": example.org',
      '"accept": application/json, */*',
    ],
    signature:
      'ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==',
    verify: byOurs(ED25519),
  },
];
