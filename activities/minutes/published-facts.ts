import type { PublishedFacts } from '../../adapters/database/job-library.ts';
import type { ApprovalFacts } from '../../workflows/contracts/approval.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import { factsOf } from '../approval/approval-facts.ts';

/** What the library keeps of the minutes that a job shows, for the list and the search. */
export const publishedFacts = (
  minutes: Minutes,
  transcript: Transcript,
  {
    minutesKey,
    title,
    approval = factsOf(minutes),
  }: {
    readonly minutesKey: string;
    readonly title: string;
    /** Of an approved version it tells the digest of its files. */
    readonly approval?: ApprovalFacts | null;
  },
): PublishedFacts => ({
  version: minutes.version,
  revision: minutes.revisions?.find(({ version }) => version === minutes.version) ?? null,
  approval,
  result: minutes.status,
  title,
  meetingDate: minutes.date,
  language: minutes.language,
  // A transcript may have no times.
  durationSeconds: minutes.durationSeconds || null,
  minutesKey,
  degradations: minutes.degradations,
  searchText: searchTextOf(minutes, transcript),
});

/** The words of the minutes and of the transcript, a line each; with the names of speakers, never with their ids. */
function searchTextOf(minutes: Minutes, { segments }: Transcript): string {
  const names = new Map(minutes.speakers.map(({ id, name }) => [id, name]));
  const named = [...names.values()].filter((name) => name !== null);
  return [
    minutes.summary,
    ...[minutes.keyPoints, minutes.decisions, minutes.openQuestions].flat().map(({ text }) => text),
    ...minutes.actionItems.map(({ task, owner: id }) => {
      const owner = id !== null && names.has(id) ? names.get(id) : id;
      return owner ? `${owner}: ${task}` : task;
    }),
    ...minutes.sections.flatMap(({ items }) => items.map(({ text }) => text)),
    ...(named.length > 0 ? [named.join(', ')] : []),
    ...segments.map(({ text }) => text),
  ].join('\n');
}
