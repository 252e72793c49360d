import type { Minutes } from '../../../workflows/contracts/minutes.ts';

/** How much of the recording was heard, 0 to 1; never 1 where there is a gap. */
export function heardShare({ coverage }: Minutes): number {
  const { audioSeconds, transcribedSeconds, silenceSeconds, gaps } = coverage;
  const share = audioSeconds <= 0 ? 1 : (transcribedSeconds + silenceSeconds) / audioSeconds;
  return gaps.length > 0 ? Math.min(share, 0.999) : share;
}

/** How many statements there are, and of how many the quotes were found and bear them out. */
export function statementCounts(minutes: Minutes): {
  readonly all: number;
  readonly verified: number;
} {
  const statements = [
    ...minutes.keyPoints,
    ...minutes.decisions,
    ...minutes.openQuestions,
    ...minutes.actionItems,
    ...minutes.sections.flatMap(({ items }) => items),
  ];
  const verified = statements.filter((one) => one.verified && one.unsupported !== true);
  return { all: statements.length, verified: verified.length };
}
