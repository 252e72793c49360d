import { z } from 'zod';
import type { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { PROBLEM_STATUSES, type ProblemCode, type ProblemFacts } from '../problem.ts';

/** What every error below /v1 answers: the form that clients of OpenAI read. */
export const openAiErrorSchema = z
  .object({
    error: z.object({
      message: z.string().describe('What happened and what to do, for people.'),
      type: z.string(),
      code: z.string().describe('What happened, for programs.'),
      param: z.string().nullable().describe('The part of the request that is wrong.'),
    }),
  })
  .meta({ id: 'OpenAiError' });
export type OpenAiErrorBody = z.infer<typeof openAiErrorSchema>;

/** What may go wrong in a request below /v1, for programs, and the status of each. */
export const OPENAI_STATUSES = {
  invalid_request: 400,
  invalid_json: 400,
  invalid_input: 400,
  unsupported_parameter: 400,
  model_unsuitable: 400,
  context_length_exceeded: 400,
  content_policy_violation: 400,
  recording_unusable: 400,
  invalid_api_key: 401,
  signature_missing: 401,
  signature_invalid: 401,
  signature_expired: 401,
  signature_not_yet_valid: 401,
  signature_replayed: 401,
  not_allowed: 403,
  model_not_found: 404,
  body_too_large: 413,
  media_type_unsupported: 415,
  digest_mismatch: 422,
  rate_limit_exceeded: 429,
  internal: 500,
  target_failed: 502,
  target_answer_unusable: 502,
  target_not_served: 502,
  target_refused: 502,
  target_loading: 503,
  target_paused: 503,
  too_busy: 503,
  service_unavailable: 503,
  timed_out: 503,
} as const;
type OpenAiCode = keyof typeof OPENAI_STATUSES;

const STATUSES = { ...PROBLEM_STATUSES, ...OPENAI_STATUSES };

/** An answer that a route below /v1 gives by throwing. */
export class OpenAiError extends Error {
  override readonly name = 'OpenAiError';
  readonly status: number;
  readonly code: OpenAiCode | ProblemCode;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: OpenAiCode | ProblemCode,
    message: string,
    {
      param = null,
      headers = {},
    }: { readonly param?: string | null; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = STATUSES[code];
    this.code = code;
    this.param = param;
    this.headers = headers;
  }

  body(): OpenAiErrorBody {
    const { message, code, param } = this;
    return { error: { message, type: typeOf(this.status), code, param } };
  }
}

/** The words of OpenAI's own API, which its clients turn into classes of errors by the status. */
const typeOf = (status: number): string => {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
};

/** What the other routes answer as a problem. */
export function ofProblem({ code, detail, errors, headers = {} }: ProblemFacts): OpenAiError {
  const param = errors?.[0]?.place.replace(/^body\/?/, '').replaceAll('/', '.');
  return new OpenAiError(OPENAI_CODES[code] ?? code, detail, {
    headers,
    ...(param !== undefined && param !== '' && { param }),
  });
}

/** What OpenAI has a word of its own for. */
const OPENAI_CODES: Readonly<Partial<Record<ProblemCode, OpenAiCode>>> = {
  key_missing: 'invalid_api_key',
  key_invalid: 'invalid_api_key',
  key_expired: 'invalid_api_key',
  key_revoked: 'invalid_api_key',
  token_expired: 'invalid_api_key',
  token_invalid: 'invalid_api_key',
  no_role: 'not_allowed',
  issuer_unavailable: 'service_unavailable',
  rate_limited: 'rate_limit_exceeded',
};

/** What is told of a call that no target answered. The words are ours: the error's own are for those who run Hansard. */
export function ofInferenceError({ kind, target, waitMs }: InferenceError): OpenAiError {
  const [code, says] = BY_VERDICT[kind];
  const seconds = waitMs === null ? null : Math.max(1, Math.ceil(waitMs / 1_000));
  return new OpenAiError(code, `${target} ${says}`, {
    ...(seconds !== null &&
      OPENAI_STATUSES[code] >= 429 && { headers: { 'retry-after': String(seconds) } }),
  });
}

const BY_VERDICT: Readonly<Record<VerdictKind, readonly [code: OpenAiCode, says: string]>> = {
  transient: ['target_failed', 'did not answer, or its server failed: try again in a while'],
  provider_bug: ['target_answer_unusable', 'gave an answer that cannot be used: try again'],
  rate_limited: ['rate_limit_exceeded', 'asks for a pause: try again later'],
  loading: ['target_loading', 'is not ready yet: try again in a while'],
  closed: ['target_paused', 'is paused after failures or too many calls: try again later'],
  not_served: ['target_not_served', 'is not offered by its provider: tell who runs Hansard'],
  auth: ['target_refused', 'does not let Hansard in: tell who runs Hansard'],
  billing: ['target_refused', 'has no credit left: tell who runs Hansard'],
  too_large: ['context_length_exceeded', 'takes less than this: send less'],
  input: ['invalid_input', 'refuses this request: change what it asks for'],
};
