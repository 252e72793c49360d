import { extractiveDraft } from '../../../activities/summary/extractive-summary.ts';
import { verifyDraft } from '../../../activities/summary/verify-citations.ts';
import { foldForComparison } from '../../../activities/transcript/text.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { MEETING_DATE, type GeneratedMeeting } from './generate-meeting.ts';

export interface Judgement {
  readonly expected: number;
  readonly found: number;
  readonly missed: readonly string[];
  /** What is in the summary and was not said so: a decision that was none, another owner, another day. */
  readonly invented: readonly string[];
}

/** Compares what the extractive summary lists of a meeting with what was said there. */
export function judgeSummary(meeting: GeneratedMeeting, language: string): Judgement {
  const transcript: Transcript = {
    schemaVersion: 1,
    language,
    durationSeconds: meeting.sentences.length * 5,
    segments: meeting.sentences.map((text, index) => ({
      id: `s${index + 1}`,
      start: index * 5,
      end: index * 5 + 5,
      speaker: null,
      language,
      text,
    })),
  };
  const summary = verifyDraft(extractiveDraft(transcript.segments, language), transcript, {
    attendees: [],
    date: MEETING_DATE,
  });
  const keyOf = (kind: string, quote: string, ...more: readonly (string | null)[]): string =>
    [kind, foldForComparison(quote), ...more.map(String)].join(' | ');
  const expected = [
    ...meeting.decisions.map((text) => keyOf('decision', text)),
    ...meeting.openQuestions.map((text) => keyOf('question', text)),
    ...meeting.actionItems.map(({ sentence, owner, due }) => keyOf('action', sentence, owner, due)),
  ];
  const quoteOf = (item: { citations: readonly { quote: string }[] }) =>
    item.citations[0]?.quote ?? '';
  const listed = [
    ...summary.decisions.map((item) => keyOf('decision', quoteOf(item))),
    ...summary.openQuestions
      .filter(
        (item) => !meeting.mayBeOpen.some((text) => foldForComparison(text) === quoteOf(item)),
      )
      .map((item) => keyOf('question', quoteOf(item))),
    ...summary.actionItems.map((item) => keyOf('action', quoteOf(item), item.owner, item.due)),
  ];
  const missed = expected.filter((key) => !listed.includes(key));
  return {
    expected: expected.length,
    found: expected.length - missed.length,
    missed,
    invented: listed.filter((key) => !expected.includes(key)),
  };
}

/** The sum over meetings. */
export function judgeAll(
  judgements: readonly Judgement[],
): Judgement & { readonly recall: number } {
  const sum = (pick: (one: Judgement) => number) =>
    judgements.reduce((total, one) => total + pick(one), 0);
  const expected = sum((one) => one.expected);
  const found = sum((one) => one.found);
  return {
    expected,
    found,
    recall: found / expected,
    missed: judgements.flatMap(({ missed }) => missed),
    invented: judgements.flatMap(({ invented }) => invented),
  };
}
