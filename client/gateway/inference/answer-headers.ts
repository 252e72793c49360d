import type { Answered } from './answer-request.ts';

/** Says beside every answer who gave it and from where it comes. */
export const answerHeaders = ({
  result,
  cache,
  degraded,
}: Answered): Readonly<Record<string, string>> => ({
  'hansard-target': result.target,
  'hansard-cache': cache,
  ...(degraded !== null && { 'hansard-degraded': degraded }),
});
