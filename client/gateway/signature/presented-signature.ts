import type { FastifyRequest } from 'fastify';
import { parseDictionary, type Dictionary, type InnerList, type Item } from 'structured-headers';
import { digestCheck, type DigestCheck } from '../../../adapters/signatures/content-digest.ts';
import {
  authorityOf,
  requestParts,
  type RequestFacts,
} from '../../../adapters/signatures/request-parts.ts';
import { SIGNATURE_TAG } from '../../../adapters/signatures/sign-request.ts';
import {
  signatureBase,
  UnusableComponentError,
} from '../../../adapters/signatures/signature-base.ts';
import { parseGatewayOrigin, type Environment } from '../../config.ts';
import { requireCoverage } from './coverage.ts';
import { endOf } from './life.ts';
import type { PresentedSignature } from './signature-facts.ts';
import { unusable } from './unusable.ts';

/**
 * The signature of a request that has the tag of Hansard; null: it has none. Others belong to somebody else, such as a proxy.
 * Throws a `Refusal` for one that cannot be taken, whoever made it.
 */
export function presentedSignature(
  request: FastifyRequest,
  env: Environment,
): PresentedSignature | null {
  const field = fieldsOf(request);
  const [ours, ...more] = [...dictionaryOf(field, 'signature-input')].filter(
    (member): member is [string, InnerList] =>
      Array.isArray(member[1][0]) && member[1][1].get('tag') === SIGNATURE_TAG,
  );
  if (ours === undefined) return null;
  if (more.length > 0) throw unusable(`send one signature with tag="${SIGNATURE_TAG}"`);
  const [label, covered] = ours;
  const [signature] = dictionaryOf(field, 'signature').get(label) ?? [];
  if (!(signature instanceof ArrayBuffer)) {
    throw unusable(`the header Signature has nothing of the name ${label}`);
  }
  const hasBody = requireCoverage(request, covered);
  const end = endOf(covered[1]);
  return {
    keyId: textOf(covered, 'keyid', 1, 'the id of a key'),
    nonce: textOf(covered, 'nonce', SHORTEST_NONCE, 'such as a UUID'),
    algorithm: covered[1].has('alg') ? textOf(covered, 'alg', 1, 'a name') : null,
    base: baseOf(covered, factsOf(request, env, field)),
    signature: new Uint8Array(signature),
    end,
    body: bodyCheck(covered, field, hasBody),
  };
}

/** So that two are not the same by chance. */
const SHORTEST_NONCE = 16;
const LONGEST_TEXT = 128;

/** As they came: Node drops some lines of a header that is there twice. */
const fieldsOf = ({ raw: { rawHeaders } }: FastifyRequest): RequestFacts['field'] => {
  return (name) =>
    rawHeaders.filter((_, index) => index % 2 === 1 && isNamed(rawHeaders[index - 1], name));
};

const isNamed = (header: string | undefined, name: string): boolean =>
  header?.toLowerCase() === name;

function dictionaryOf(field: RequestFacts['field'], name: string): Dictionary {
  try {
    return parseDictionary(field(name).join(', '));
  } catch {
    throw unusable(`the header ${name} cannot be read: it is a dictionary of RFC 8941`);
  }
}

function textOf([, parameters]: InnerList, name: string, shortest: number, such: string): string {
  const value = parameters.get(name);
  if (typeof value === 'string' && value.length >= shortest && value.length <= LONGEST_TEXT) {
    return value;
  }
  throw unusable(
    `the parameter ${name} of the signature takes ${shortest} to ${LONGEST_TEXT} characters in quotes, ${such}`,
  );
}

function baseOf(covered: InnerList, facts: RequestFacts): string {
  try {
    return signatureBase(covered, requestParts(facts));
  } catch (error) {
    if (error instanceof UnusableComponentError) throw unusable(error.message);
    throw error;
  }
}

/** Where the gateway is, as its clients know it. */
export function gatewayPlace(
  { headers }: FastifyRequest,
  env: Environment,
): Pick<RequestFacts, 'scheme' | 'authority'> {
  const origin = parseGatewayOrigin(env);
  if (origin === null)
    return { scheme: 'http', authority: authorityOf(headers.host ?? '', 'http') };
  const { protocol, host } = new URL(origin);
  return { scheme: protocol === 'https:' ? 'https' : 'http', authority: host };
}

const factsOf = (
  request: FastifyRequest,
  env: Environment,
  field: RequestFacts['field'],
): RequestFacts => ({
  ...gatewayPlace(request, env),
  method: request.raw.method ?? '',
  target: request.raw.url ?? '',
  field,
});

function bodyCheck(
  [components]: InnerList,
  field: RequestFacts['field'],
  hasBody: boolean,
): DigestCheck | null {
  const isSigned = components.some(([name]: Item) => name === 'content-digest');
  if (!isSigned && !hasBody) return null;
  const check = digestCheck(field('content-digest').join(', '));
  if (check !== null) return check;
  throw unusable('the header Content-Digest has no sha-256 and no sha-512 that can be read');
}
