import type { Minutes } from '../../workflows/contracts/minutes.ts';
import { isByHand } from '../../workflows/contracts/revision.ts';
import { NO_WORDS } from '../transcript/audio-coverage.ts';

/**
 * Whether a job's newer minutes take the place of those that it has: they must lack no more. Compared are, in this
 * order: the status, the seconds that were transcribed, the share of the transcript that was summarised, and what is
 * simplified or missing. Of equal ones the newer stands. What a person wrote, asked for or approved stays: names of
 * speakers are carried over, and do not count.
 */
export function replaces(newer: Minutes, held: Minutes): boolean {
  if (held.approval?.state === 'approved' || held.revisions?.some(isByHand)) return false;
  return lacksNoMore(newer, held);
}

/** Whether a person changed the minutes that a job has after a run had read them, to make newer ones. */
export const isChangedSince = (newer: Minutes, held: Minutes): boolean =>
  (held.revisions ?? []).some(({ version }) => version > (newer.carriedFrom ?? 0));

/** The comparison alone, whoever made them. */
export function lacksNoMore(newer: Minutes, held: Minutes): boolean {
  const isAlike = looksWithin(newer) === looksWithin(held);
  const [after, before] = [merits(newer, isAlike), merits(held, isAlike)];
  for (const [index, merit] of after.entries()) {
    const difference = merit - (before[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Minutes of earlier versions count all of a chunk that was answered, and later ones only what has words. */
const looksWithin = ({ coverage }: Minutes): boolean => coverage.untimedSeconds !== undefined;

/** More is better. `isAlike`: both minutes look for voice without words within a chunk. */
function merits({ status, coverage, degradations }: Minutes, isAlike: boolean): readonly number[] {
  const { transcribedSeconds, summarizedCharacters, transcriptCharacters } = coverage;
  const wordless = coverage.gaps
    .filter(({ reason }) => reason === NO_WORDS && !isAlike)
    .reduce((sum, { start, end }) => sum + (end ?? 0) - (start ?? 0), 0);
  const lacks = degradations.filter(({ level }) => level === 'simplified' || level === 'missing');
  return [
    status === 'complete' ? 1 : 0,
    // Whole seconds: another version of the planner cuts a little earlier or later.
    Math.round(transcribedSeconds + wordless),
    transcriptCharacters === 0 ? 1 : summarizedCharacters / transcriptCharacters,
    -lacks.length,
  ];
}
