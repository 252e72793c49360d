import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

export const PROBLEM_TYPE = 'application/problem+json';

/** What may go wrong, for programs, and the status of each. A code that was released stays as it is. */
export const PROBLEM_STATUSES = {
  invalid_request: 400,
  invalid_json: 400,
  invalid_option: 400,
  job_reference_invalid: 400,
  key_missing: 401,
  key_invalid: 401,
  key_expired: 401,
  key_revoked: 401,
  signature_missing: 401,
  signature_invalid: 401,
  signature_expired: 401,
  signature_not_yet_valid: 401,
  signature_replayed: 401,
  link_invalid: 401,
  session_ended: 401,
  sign_in_failed: 401,
  token_expired: 401,
  token_invalid: 401,
  no_role: 403,
  not_allowed: 403,
  other_origin: 403,
  sign_in_refused: 403,
  route_not_found: 404,
  job_not_found: 404,
  file_not_found: 404,
  key_not_found: 404,
  provider_not_found: 404,
  schedule_not_found: 404,
  upload_not_found: 404,
  version_not_found: 404,
  webhook_not_found: 404,
  delivery_not_found: 404,
  request_timed_out: 408,
  job_ambiguous: 409,
  idempotency_key_in_use: 409,
  no_result: 409,
  no_recording: 409,
  not_as_approved: 409,
  nothing_to_cancel: 409,
  nothing_to_retry: 409,
  revision_refused: 409,
  revision_stopped: 409,
  version_outdated: 409,
  too_many_keys: 409,
  no_signing_key: 409,
  too_many_uploads: 409,
  upload_complete: 409,
  upload_incomplete: 409,
  too_many_webhooks: 409,
  too_many_tests: 409,
  webhook_disabled: 409,
  nothing_to_replay: 409,
  body_too_large: 413,
  media_type_unsupported: 415,
  digest_mismatch: 422,
  range_unsatisfiable: 416,
  edit_unusable: 422,
  idempotency_key_reused: 422,
  recording_unusable: 422,
  transcript_unusable: 422,
  rate_limited: 429,
  head_too_large: 431,
  internal: 500,
  issuer_unavailable: 503,
  service_unavailable: 503,
  timed_out: 503,
} as const;
export type ProblemCode = keyof typeof PROBLEM_STATUSES;

/** What every error answers: RFC 9457, with a code that programs can rely on. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The words of the status.'),
    status: z.int(),
    code: z
      .string()
      .describe('What happened, for programs.')
      .meta({ enum: Object.keys(PROBLEM_STATUSES) }),
    detail: z.string().describe('What happened and what to do, for people.'),
    requestId: z.string().describe('Finds the request in the logs.'),
    errors: z
      .array(z.object({ place: z.string(), detail: z.string() }))
      .optional()
      .describe('What is wrong in the request, and where.'),
  })
  .meta({ id: 'Problem' });
type Problem = z.infer<typeof problemSchema>;

export interface ProblemFacts extends Pick<Problem, 'detail' | 'errors'> {
  readonly code: ProblemCode;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that a route gives by throwing. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly facts: ProblemFacts;

  constructor(facts: ProblemFacts) {
    super(facts.detail);
    this.facts = facts;
  }
}

/** The body. */
export function problemOf(facts: ProblemFacts, requestId: string): Problem {
  const { headers: _, ...told } = facts;
  const status = PROBLEM_STATUSES[facts.code];
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...told,
    requestId,
  };
}
