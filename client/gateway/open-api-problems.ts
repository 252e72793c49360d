import { STATUS_CODES } from 'node:http';
import { PROBLEM_STATUSES, PROBLEM_TYPE, problemSchema } from './problem.ts';

interface Kind {
  readonly isPublic: boolean;
  readonly method: string;
  /** Its address names something that may not exist. */
  readonly isOfThing: boolean;
}

/** What an operation may answer besides: the status of each error that it can have, with the codes of that status. */
export function problemsOf({ isPublic, method, isOfThing }: Kind): Record<string, object> {
  const isPost = method === 'POST';
  const statuses = [
    400,
    ...(isPublic ? [] : [401, 403]),
    ...(isOfThing ? [404] : []),
    408,
    ...(isOfThing || isPost ? [409] : []),
    // A body is read before it is known that nobody wants it.
    ...(method === 'GET' ? [] : [413, 415]),
    ...(isPost ? [422] : []),
    ...(isPublic ? [] : [429]),
    431,
    500,
    503,
  ];
  return Object.fromEntries(statuses.map((status) => [status, answerOf(status)]));
}

function answerOf(status: number) {
  const codes = Object.entries(PROBLEM_STATUSES).flatMap(([code, of]) =>
    of === status ? [code] : [],
  );
  return {
    description: `${STATUS_CODES[status]}: ${codes.join(', ')}`,
    content: { [PROBLEM_TYPE]: { schema: problemSchema } },
  };
}
