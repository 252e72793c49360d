import type { SummaryDraft } from '../../workflows/contracts/summary-draft.ts';

type Entry = SummaryDraft['keyPoints'][number] | SummaryDraft['actionItems'][number];

/** Everything in a draft that cites the transcript. */
export const entriesOf = (draft: SummaryDraft): Entry[] => [
  ...draft.keyPoints,
  ...draft.decisions,
  ...draft.openQuestions,
  ...draft.actionItems,
  ...Object.values(draft.sections ?? {}).flatMap((entries) => entries ?? []),
];
