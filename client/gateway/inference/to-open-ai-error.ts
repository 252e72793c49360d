import { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import { toProblem, unexpected } from '../to-problem.ts';
import { ofInferenceError, ofProblem, OpenAiError } from './open-ai-error.ts';

/** What a route below /v1 answers to an error, whatever it is. */
export function toOpenAiError(error: unknown): OpenAiError {
  if (error instanceof OpenAiError) return error;
  if (error instanceof InferenceError) return ofInferenceError(error);
  if (error instanceof Error && error.name === 'CacheBusyError') {
    return new OpenAiError('too_busy', 'too many requests are under way: try again in a while', {
      headers: { 'retry-after': '2' },
    });
  }
  if (error instanceof Error && UNUSABLE.has(error.name)) {
    return new OpenAiError('recording_unusable', error.message, { param: 'file' });
  }
  const refused = ofForm(error);
  if (refused !== null) return refused;
  return ofProblem(toProblem(error) ?? unexpected);
}

const UNUSABLE: ReadonlySet<string> = new Set(['UnreadableAudioError', 'UnusableRecordingError']);

/** What the parser of forms refuses. */
function ofForm(error: unknown): OpenAiError | null {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return null;
  const known = FORM_LIMITS[error.code];
  return known === undefined ? null : new OpenAiError(...known);
}

type Told = readonly [code: 'body_too_large' | 'invalid_request', message: string];

const TOO_MANY: Told = ['invalid_request', 'the form has more parts than this route takes'];

/** By the codes of `@fastify/multipart`. */
const FORM_LIMITS: Readonly<Record<string, Told>> = {
  FST_REQ_FILE_TOO_LARGE: ['body_too_large', 'the file is larger than 100 MB'],
  FST_PARTS_LIMIT: TOO_MANY,
  FST_FILES_LIMIT: TOO_MANY,
  FST_FIELDS_LIMIT: TOO_MANY,
  FST_PROTO_VIOLATION: TOO_MANY,
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'the request is larger than this route takes'],
  FST_INVALID_JSON_FIELD_ERROR: ['invalid_request', 'a field says that it is JSON, and is none'],
  FST_MP_PREMATURE_CLOSE: ['invalid_request', 'the form did not come to its end'],
};
