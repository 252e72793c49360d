import { randomUUID } from 'node:crypto';
import {
  serializeDictionary,
  serializeInnerList,
  type BareItem,
  type InnerList,
  type Item,
} from 'structured-headers';
import { contentDigest } from './content-digest.ts';
import { authorityOf, requestParts } from './request-parts.ts';
import { signatureBase } from './signature-base.ts';
import { signText, type SigningKey } from './signing-key.ts';

/** Signatures with another tag are for somebody else. */
export const SIGNATURE_TAG = 'hansard';

/** Whose signature it is, and what makes it. */
export interface Signer {
  readonly keyId: string;
  readonly key: SigningKey;
}

interface Signed {
  readonly method: string;
  /** Exactly as it is asked. */
  readonly url: URL;
  /** Null: there is none. `sha256` in hex; `type`: the `Content-Type` that is sent with it. */
  readonly body: { readonly sha256: string; readonly type: string } | null;
  /** Default: now. */
  readonly createdAt?: Date;
  /** Default: a UUID. */
  readonly nonce?: string;
}

/** The headers that sign a request to a gateway (RFC 9421), with those of its body: it can be sent once, within a minute. */
export function signRequest(
  { method, url, body, createdAt = new Date(), nonce = randomUUID() }: Signed,
  { keyId, key }: Signer,
): Readonly<Record<string, string>> {
  const ofBody: Readonly<Record<string, string>> =
    body === null
      ? {}
      : { 'content-digest': contentDigest(body.sha256), 'content-type': body.type };
  const created = Math.floor(createdAt.getTime() / 1_000);
  const covered: InnerList = [
    ['@method', '@target-uri', ...Object.keys(ofBody)].map((name): Item => [name, new Map()]),
    new Map<string, BareItem>([
      ['created', created],
      ['expires', created + LIFETIME_SECONDS],
      ['nonce', nonce],
      ['keyid', keyId],
      ['alg', key.algorithm],
      ['tag', SIGNATURE_TAG],
    ]),
  ];
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const base = signatureBase(
    covered,
    requestParts({
      method,
      scheme,
      authority: authorityOf(url.host, scheme),
      target: `${url.pathname}${url.search}`,
      field: (name) => [ofBody[name] ?? []].flat(),
    }),
  );
  return {
    ...ofBody,
    'signature-input': `${SIGNATURE_TAG}=${serializeInnerList(covered)}`,
    signature: serializeDictionary({ [SIGNATURE_TAG]: [signText(base, key), new Map()] }),
  };
}

const LIFETIME_SECONDS = 60;
