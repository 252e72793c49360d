import type { Minutes } from '../../workflows/contracts/minutes.ts';

/**
 * Whether a job's newer minutes take the place of those that it has: they must lack no more. Compared are, in this
 * order: the status, the seconds that were transcribed, the share of the transcript that was summarised, and what is
 * simplified or missing. Of equal ones the newer stands.
 */
export function replaces(newer: Minutes, held: Minutes): boolean {
  const [after, before] = [merits(newer), merits(held)];
  for (const [index, merit] of after.entries()) {
    const difference = merit - (before[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** More is better. */
function merits({ status, coverage, degradations }: Minutes): readonly number[] {
  const { transcribedSeconds, summarizedCharacters, transcriptCharacters } = coverage;
  const lacks = degradations.filter(({ level }) => level === 'simplified' || level === 'missing');
  return [
    status === 'complete' ? 1 : 0,
    // Whole seconds: another version of the planner cuts a little earlier or later.
    Math.round(transcribedSeconds),
    transcriptCharacters === 0 ? 1 : summarizedCharacters / transcriptCharacters,
    -lacks.length,
  ];
}
