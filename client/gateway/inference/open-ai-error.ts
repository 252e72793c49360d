import { z } from 'zod';
import type { InferenceError } from '../../../adapters/inference/verdicts/inference-error.ts';
import type { VerdictKind } from '../../../workflows/contracts/verdicts.ts';
import { PROBLEM_STATUSES, type ProblemFacts } from '../problem.ts';

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

/** An answer that a route below /v1 gives by throwing. */
export class OpenAiError extends Error {
  override readonly name = 'OpenAiError';
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    {
      param = null,
      headers = {},
    }: { readonly param?: string | null; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
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
  const status = PROBLEM_STATUSES[code];
  const param = errors?.[0]?.place.replace(/^body\/?/, '').replaceAll('/', '.');
  return new OpenAiError(status, OPENAI_CODES[code] ?? code, detail, {
    headers,
    ...(param !== undefined && param !== '' && { param }),
  });
}

const OPENAI_CODES: Readonly<Record<string, string>> = {
  key_missing: 'invalid_api_key',
  key_invalid: 'invalid_api_key',
  key_expired: 'invalid_api_key',
  key_revoked: 'invalid_api_key',
  rate_limited: 'rate_limit_exceeded',
};

/** What is told of a call that no target answered. The words are ours: the error's own are for those who run Hansard. */
export function ofInferenceError({ kind, target, waitMs }: InferenceError): OpenAiError {
  const [status, code, says] = BY_VERDICT[kind];
  const seconds = waitMs === null ? null : Math.max(1, Math.ceil(waitMs / 1_000));
  return new OpenAiError(status, code, `${target} ${says}`, {
    ...(seconds !== null && status >= 429 && { headers: { 'retry-after': String(seconds) } }),
  });
}

const BY_VERDICT: Readonly<
  Record<VerdictKind, readonly [status: number, code: string, says: string]>
> = {
  transient: [502, 'target_failed', 'did not answer, or its server failed: try again in a while'],
  provider_bug: [502, 'target_answer_unusable', 'gave an answer that cannot be used: try again'],
  rate_limited: [429, 'rate_limit_exceeded', 'asks for a pause: try again later'],
  loading: [503, 'target_loading', 'is not ready yet: try again in a while'],
  closed: [503, 'target_paused', 'is paused after failures or too many calls: try again later'],
  not_served: [502, 'target_not_served', 'is not offered by its provider: tell who runs Hansard'],
  auth: [502, 'target_refused', 'does not let Hansard in: tell who runs Hansard'],
  billing: [502, 'target_refused', 'has no credit left: tell who runs Hansard'],
  too_large: [400, 'context_length_exceeded', 'takes less than this: send less'],
  input: [400, 'invalid_input', 'refuses this request: change what it asks for'],
};
