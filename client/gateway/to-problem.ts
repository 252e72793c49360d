import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { grpcCode } from '../../adapters/temporal/grpc-status.ts';
import { describeError } from '../describe-error.ts';
import { CODES_OF_ERRORS } from './error-codes.ts';
import { inHttpWords, type Words } from './http-words.ts';
import { ProblemError, type ProblemCode, type ProblemFacts } from './problem.ts';

/**
 * What to answer to an error; null: it is ours, and nobody outside is told of it.
 *
 * @param words whether it names routes and parameters, or commands and options
 */
export function toProblem(error: unknown, words: Words = 'http'): ProblemFacts | null {
  if (error instanceof ProblemError) return error.facts;
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error);
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('FST_ERR_')) {
    return byServer(error.code, 'statusCode' in error ? Number(error.statusCode) : 500);
  }
  if (isCutOff(error))
    return { code: 'invalid_request', detail: 'the body did not come to its end' };
  if (isKnown(error.name)) {
    const own = describeError(error);
    const detail = words === 'command-line' ? own : (IN_OUR_WORDS[error.name] ?? inHttpWords(own));
    return { code: CODES_OF_ERRORS[error.name], detail };
  }
  if (error.name === 'IssuerUnavailableError') return ISSUER_AWAY;
  if (OUT_OF_REACH.has(error.name) || isUnanswered(error)) return outOfReach();
  return null;
}

/** Nothing of the error itself. */
export const unexpected: ProblemFacts = {
  code: 'internal',
  detail: 'this failed, and the cause is in the logs under the id of the request',
};

const isKnown = (name: string): name is keyof typeof CODES_OF_ERRORS =>
  Object.hasOwn(CODES_OF_ERRORS, name);

/** Of the others the error's own words are told: they are about what the client sent. */
const IN_OUR_WORDS: Readonly<Record<string, string>> = {
  JobNotFoundError: 'there is no such job: GET /api/jobs lists those that there are',
  KeyNotFoundError: 'there is no such key: GET /api/keys lists those that there are',
  NoSigningKeyError:
    'this key has no signing key: POST /api/keys/{id}/rotate-signature gives it one',
  UploadNotFoundError: 'there is no such upload: GET /api/uploads lists those that there are',
  WebhookNotFoundError: 'there is no such webhook: GET /api/webhooks lists those that there are',
  DeliveryNotFoundError:
    'the webhook has no such delivery: GET /api/webhooks/{id}/deliveries lists those that there are',
};

/** Their messages name machines and settings: those are for the logs. */
const OUT_OF_REACH: ReadonlySet<string> = new Set([
  'ConfigurationError',
  'DatabaseUnreachableError',
  'MediaMachineError',
  'MigrationsPendingError',
  'ObjectStoreUnreachableError',
  'SearchAttributesMissingError',
  'TemporalCredentialsError',
  'TemporalNamespaceError',
  'TemporalUnreachableError',
]);

const outOfReach = (): ProblemFacts => ({
  code: 'service_unavailable',
  detail: 'a service that this needs does not answer, or is not set up: try again in a while',
  headers: { 'retry-after': '10' },
});

const ISSUER_AWAY: ProblemFacts = {
  code: 'issuer_unavailable',
  detail: 'the issuer of this token does not answer, and its keys are needed: try again in a while',
  headers: { 'retry-after': '10' },
};

/** Whoever sent a body went away meanwhile: Node's own error. */
const isCutOff = (error: Error): boolean =>
  error.message === 'aborted' && 'code' in error && error.code === 'ECONNRESET';

/** gRPC: deadline exceeded, unavailable. */
const isUnanswered = (error: Error): boolean => [4, 14].includes(grpcCode(error) ?? 0);

function byServer(code: string, status: number): ProblemFacts | null {
  if (code === 'FST_ERR_HANDLER_TIMEOUT') {
    return { code: 'timed_out', detail: 'this took too long: try again in a while' };
  }
  const known = BY_SERVER[code];
  if (known !== undefined) return { code: known[0], detail: known[1] };
  if (status < 400 || status >= 500) return null;
  return { code: 'invalid_request', detail: 'the request cannot be read' };
}

/** By Fastify's codes. */
const BY_SERVER: Readonly<Record<string, readonly [code: ProblemCode, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'body_too_large',
    'the body is larger than this route takes: /docs says how much that is',
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'media_type_unsupported',
    'this route does not take this content type: send JSON as application/json, and a file as what it is, such as audio/mp4, or as application/octet-stream',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_json', 'the body is not valid JSON'],
};

function invalidRequest({
  validation,
  validationContext = 'request',
}: {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string }[];
  readonly validationContext?: string | undefined;
}): ProblemFacts {
  const part = PARTS[validationContext] ?? validationContext;
  const errors = validation.map(({ instancePath, message = 'is wrong' }) => ({
    place: `${part}${instancePath === '/' ? '' : instancePath}`,
    detail: plain(message),
  }));
  const told = errors.slice(0, TOLD).map(({ place, detail }) => `${place}: ${detail}`);
  return { code: 'invalid_request', detail: told.join('; '), errors };
}

/** By Fastify's names. */
const PARTS: Readonly<Record<string, string>> = {
  querystring: 'query',
  params: 'path',
  headers: 'header',
};

/** Faults that the sentence names; the list has all of them. */
const TOLD = 3;

/** What zod says, in words for people who do not know JavaScript. */
const plain = (message: string): string =>
  message
    .replace(
      /^Invalid input: expected (\w+), received (?:undefined|null)$/,
      'is missing: it takes a $1',
    )
    .replace(/^Invalid input: expected (\w+), received \w+$/, 'takes a $1')
    .replace(/^Invalid option: expected one of /, 'takes one of ')
    .replace(/^Too small: expected \w+ to be >=(\d+)$/, 'takes $1 or more')
    .replace(/^Too big: expected \w+ to (?:be|have) <=(\d+)/, 'takes $1')
    .replace(/^takes \d+(?: characters)?$/, '$& at most')
    .replace(/^Unrecognized keys?: /, 'there is nothing of this name: ')
    .replaceAll('"|"', '", "')
    .replaceAll(/\ba (?=array|object|int)/g, 'an ');
