import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { grpcCode } from '../../adapters/temporal/grpc-status.ts';
import { describeError } from '../describe-error.ts';
import { ProblemError, type ProblemFacts } from './problem.ts';

/** What to answer to an error; null: it is ours, and nobody outside is told of it. */
export function toProblem(error: unknown): ProblemFacts | null {
  if (error instanceof ProblemError) return error.facts;
  if (hasZodFastifySchemaValidationErrors(error)) return invalidRequest(error);
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('FST_ERR_')) {
    return byServer(error.code, 'statusCode' in error ? Number(error.statusCode) : 500);
  }
  const known = BY_NAME[error.name];
  if (known !== undefined) {
    const [status, code, detail = describeError(error)] = known;
    return { status, code, detail };
  }
  if (OUT_OF_REACH.has(error.name) || isUnanswered(error)) return outOfReach();
  return null;
}

/** Nothing of the error itself. */
export const unexpected: ProblemFacts = {
  status: 500,
  code: 'internal',
  detail: 'this failed, and the cause is in the logs under the id of the request',
};

type Known = readonly [status: number, code: string, detail?: string];

/**
 * By name, as the exit codes of the command line (`client/cli/exit-codes.ts`). Without words of ours, the error's own are
 * told: they are about what the client sent.
 */
const BY_NAME: Readonly<Record<string, Known>> = {
  InvalidOptionError: [400, 'invalid_option'],
  JobReferenceError: [400, 'job_reference_invalid'],
  AmbiguousJobError: [409, 'job_ambiguous'],
  JobNotFoundError: [404, 'job_not_found', 'there is no such job'],
  NoResultError: [409, 'no_result'],
  NothingToRetryError: [409, 'nothing_to_retry'],
  NotAsApprovedError: [409, 'not_as_approved'],
  RevisionRefusedError: [409, 'revision_refused'],
  UnusableEditError: [422, 'edit_unusable'],
  UnusableRecordingError: [422, 'recording_unusable'],
  UnusableTranscriptError: [422, 'transcript_unusable'],
  KeyNotFoundError: [404, 'key_not_found', 'there is no such key'],
  TooManyKeysError: [409, 'too_many_keys'],
};

/** Their messages name machines and settings: those are for the logs. */
const OUT_OF_REACH: ReadonlySet<string> = new Set([
  'DatabaseUnreachableError',
  'MigrationsPendingError',
  'ObjectStoreUnreachableError',
  'SearchAttributesMissingError',
  'TemporalCredentialsError',
  'TemporalNamespaceError',
  'TemporalUnreachableError',
]);

const outOfReach = (): ProblemFacts => ({
  status: 503,
  code: 'service_unavailable',
  detail: 'a service that this needs does not answer, or is not set up: try again in a while',
  headers: { 'retry-after': '10' },
});

/** gRPC: deadline exceeded, unavailable. */
const isUnanswered = (error: Error): boolean => [4, 14].includes(grpcCode(error) ?? 0);

function byServer(code: string, status: number): ProblemFacts | null {
  if (code === 'FST_ERR_HANDLER_TIMEOUT') {
    return { status: 503, code: 'timed_out', detail: 'this took too long: try again in a while' };
  }
  const known = BY_SERVER[code];
  if (known !== undefined) return { status, code: known[0], detail: known[1] };
  if (status < 400 || status >= 500) return null;
  return { status, code: 'invalid_request', detail: 'the request cannot be read' };
}

/** By Fastify's codes. */
const BY_SERVER: Readonly<Record<string, readonly [code: string, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'the body is larger than this route takes'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'media_type_unsupported',
    'this route does not take bodies of this content type',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_json', 'the body is not valid JSON'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_json', 'the body is empty, and should be JSON'],
};

function invalidRequest({
  validation,
  validationContext = 'request',
}: {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string }[];
  readonly validationContext?: string | undefined;
}): ProblemFacts {
  return {
    status: 400,
    code: 'invalid_request',
    detail: 'the request is not as this route takes it: see errors',
    errors: validation.map(({ instancePath, message }) => ({
      place: `${validationContext}${instancePath === '/' ? '' : instancePath}`,
      detail: message ?? 'is wrong',
    })),
  };
}
