import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

export const PROBLEM_TYPE = 'application/problem+json';

/** What every error answers: RFC 9457, with a code that programs can rely on. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The words of the status.'),
    status: z.int(),
    code: z.string().describe('What happened, for programs; it stays the same.'),
    detail: z.string().describe('What happened and what to do, for people.'),
    requestId: z.string().describe('Finds the request in the logs.'),
    errors: z
      .array(z.object({ place: z.string(), detail: z.string() }))
      .optional()
      .describe('What is wrong in the request, and where.'),
  })
  .meta({ id: 'Problem' });
type Problem = z.infer<typeof problemSchema>;

export interface ProblemFacts extends Pick<Problem, 'status' | 'code' | 'detail' | 'errors'> {
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
export const problemOf = (
  { headers: _, status, ...facts }: ProblemFacts,
  requestId: string,
): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  ...facts,
  requestId,
});
