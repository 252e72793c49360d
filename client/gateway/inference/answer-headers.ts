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

/** The same of an answer that was put together: the worst of all, and every target. */
export function headersOfMany(answers: readonly Answered[]): Readonly<Record<string, string>> {
  if (answers.length === 0) return {};
  const states = new Set(answers.map(({ cache }) => cache));
  const losses = new Set(answers.map(({ degraded }) => degraded));
  const degraded = DEGRADED.find((one) => losses.has(one));
  return {
    'hansard-target': [...new Set(answers.map(({ result }) => result.target))].join(', '),
    'hansard-cache': states.has('miss') ? 'miss' : states.has('stale') ? 'stale' : 'hit',
    ...(degraded !== undefined && { 'hansard-degraded': degraded }),
  };
}

const DEGRADED = ['earlier', 'fallback'] as const;
