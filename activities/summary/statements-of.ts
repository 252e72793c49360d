import type { ActionItem, Minutes, Statement, Summary } from '../../workflows/contracts/minutes.ts';

/** Whether the transcript bears a statement out: its quotes were found, and none is known to lack what it says. */
export const isVerified = ({ verified, unsupported }: Statement | ActionItem): boolean =>
  verified && unsupported !== true;

/** Everything in a summary, or in whole minutes, that cites the transcript. */
export const statementsOf = (summary: Summary | Minutes): (Statement | ActionItem)[] => [
  ...summary.keyPoints,
  ...summary.decisions,
  ...summary.openQuestions,
  ...summary.actionItems,
  ...(summary.sections ?? []).flatMap(({ items }) => items),
];
