import { Refusal } from '../refusal.ts';

/** RFC 9457, as Replicate refuses. */
export const problem = (
  status: number,
  title: string,
  detail: string,
  more: object = {},
): Refusal =>
  new Refusal(
    status,
    { title, detail, status, ...more },
    { 'content-type': 'application/problem+json' },
  );

export const notFound = (): Refusal =>
  problem(404, 'Not Found', 'The requested resource could not be found.');
