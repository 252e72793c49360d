import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { grpcCode } from '../../adapters/temporal/grpc-status.ts';
import { describeError } from '../describe-error.ts';
import { inHttpWords } from './http-words.ts';
import { ProblemError, type ProblemCode, type ProblemFacts } from './problem.ts';

/** What to answer to an error; null: it is ours, and nobody outside is told of it. */
export function toProblem(error: unknown): ProblemFacts | null {
  if (error instanceof ProblemError) return error.facts;
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error);
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('FST_ERR_')) {
    return byServer(error.code, 'statusCode' in error ? Number(error.statusCode) : 500);
  }
  if (isCutOff(error))
    return { code: 'invalid_request', detail: 'the body did not come to its end' };
  const known = BY_NAME[error.name];
  if (known !== undefined) {
    const [code, detail = inHttpWords(describeError(error))] = known;
    return { code, detail };
  }
  if (OUT_OF_REACH.has(error.name) || isUnanswered(error)) return outOfReach();
  return null;
}

/** Nothing of the error itself. */
export const unexpected: ProblemFacts = {
  code: 'internal',
  detail: 'this failed, and the cause is in the logs under the id of the request',
};

type Known = readonly [code: ProblemCode, detail?: string];

/**
 * By name, as the exit codes of the command line (`client/cli/exit-codes.ts`). Without words of ours, the error's own are
 * told: they are about what the client sent.
 */
const BY_NAME: Readonly<Record<string, Known>> = {
  InvalidOptionError: ['invalid_option'],
  JobReferenceError: ['job_reference_invalid'],
  AmbiguousJobError: ['job_ambiguous'],
  JobNotFoundError: [
    'job_not_found',
    'there is no such job: GET /api/jobs lists those that there are',
  ],
  NoAnswerError: ['timed_out'],
  NoResultError: ['no_result'],
  NoSuchFileError: ['file_not_found'],
  NothingToCancelError: ['nothing_to_cancel'],
  NothingToRetryError: ['nothing_to_retry'],
  NotAsApprovedError: ['not_as_approved'],
  RevisionRefusedError: ['revision_refused'],
  RevisionStoppedError: ['revision_stopped'],
  UnusableEditError: ['edit_unusable'],
  UnusableRecordingError: ['recording_unusable'],
  UnusableTranscriptError: ['transcript_unusable'],
  NoSuchVersionError: ['version_not_found'],
  VersionOutdatedError: ['version_outdated'],
  KeyNotFoundError: [
    'key_not_found',
    'there is no such key: GET /api/keys lists those that there are',
  ],
  TooManyKeysError: ['too_many_keys'],
  DigestMismatchError: ['digest_mismatch'],
  TooManyUploadsError: ['too_many_uploads'],
  UploadCompleteError: ['upload_complete'],
  UploadIncompleteError: ['upload_incomplete'],
  UploadNotFoundError: [
    'upload_not_found',
    'there is no such upload: GET /api/uploads lists those that there are',
  ],
  WebhookNotFoundError: [
    'webhook_not_found',
    'there is no such webhook: GET /api/webhooks lists those that there are',
  ],
  DeliveryNotFoundError: [
    'delivery_not_found',
    'the webhook has no such delivery: GET /api/webhooks/{id}/deliveries lists those that there are',
  ],
  TooManyWebhooksError: ['too_many_webhooks'],
  WebhookDisabledError: ['webhook_disabled'],
  NothingToReplayError: ['nothing_to_replay'],
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
