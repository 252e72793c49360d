import { STATUS_CODES } from 'node:http';
import { OPENAI_STATUSES, openAiErrorSchema } from './inference/open-ai-error.ts';
import { PROBLEM_STATUSES, PROBLEM_TYPE, problemSchema } from './problem.ts';

interface Kind {
  readonly url: string;
  readonly isPublic: boolean;
  readonly method: string;
}

/** What an operation may answer besides: the status of each error that it can have, with the codes of that status. */
export const problemsOf = (kind: Kind): Record<string, object> =>
  kind.url.startsWith('/v1/') ? belowV1(kind) : problemAnswers(statusesOf(kind));

/** Problems of these statuses. */
export const problemAnswers = (statuses: readonly number[]): Record<string, object> =>
  answersOf(statuses, PROBLEM_STATUSES, { [PROBLEM_TYPE]: { schema: problemSchema } });

function statusesOf({ url, isPublic, method }: Kind): readonly number[] {
  const isPost = method === 'POST' && !isPublic;
  /** Its address names something that may not exist. */
  const isOfThing = url.includes(':');
  return [
    400,
    ...(isPublic ? [] : [401, 403]),
    ...(isOfThing ? [404] : []),
    408,
    ...(isOfThing || isPost ? [409] : []),
    // A body is read before it is known that nobody wants it.
    ...(method === 'GET' ? [] : [413, 415]),
    // A body is not the one that was signed.
    ...(method === 'GET' || isPublic ? [] : [422]),
    ...(isPublic ? [] : [429]),
    431,
    500,
    503,
  ];
}

/** The form of OpenAI, but for what is answered before it is known which route is asked. */
const belowV1 = ({ method, url }: Kind): Record<string, object> => ({
  ...answersOf(
    method === 'GET'
      ? [400, 401, 403, ...(url.includes(':') ? [404] : []), 429, 500, 503]
      : [400, 401, 403, 404, 413, 415, 422, 429, 500, 502, 503],
    OPENAI_STATUSES,
    { 'application/json': { schema: openAiErrorSchema } },
  ),
  ...problemAnswers([408, 431]),
});

const answersOf = (
  statuses: readonly number[],
  statusesOfCodes: Readonly<Record<string, number>>,
  content: object,
): Record<string, object> =>
  Object.fromEntries(
    statuses.map((status) => {
      const codes = Object.keys(statusesOfCodes).filter((code) => statusesOfCodes[code] === status);
      return [status, { description: `${STATUS_CODES[status]}: ${codes.join(', ')}`, content }];
    }),
  );
