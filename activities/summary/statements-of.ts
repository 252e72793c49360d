import type { ActionItem, Minutes, Statement, Summary } from '../../workflows/contracts/minutes.ts';

/** Everything in a summary, or in whole minutes, that cites the transcript. */
export const statementsOf = (summary: Summary | Minutes): (Statement | ActionItem)[] => [
  ...summary.keyPoints,
  ...summary.decisions,
  ...summary.openQuestions,
  ...summary.actionItems,
  ...(summary.sections ?? []).flatMap(({ items }) => items),
];
