import type { OutputOptions } from '../../workflows/contracts/job-input.ts';
import type { Citation, Statement, Summary } from '../../workflows/contracts/minutes.ts';
import type { DraftClaim, SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import { createFindQuote, type FindQuote } from './find-quote.ts';
import { findActionItems } from './find-action-items.ts';
import { createNames, isOnlyNames } from './names-in.ts';
import { createFindUnsupported } from './unsupported-words.ts';
import { STANDARD, type Outline } from './outline.ts';
import { sentencesOf } from '../transcript/sentence-stream.ts';
import { resolveDue } from './resolve-due.ts';
import { resolveOwner } from './resolve-owner.ts';

type Names = Readonly<Record<string, string>>;

/**
 * Checks every citation of a draft against the transcript and resolves owners and due dates. A citation whose quote is
 * not in the transcript is dropped; its statement stays and is marked as not verified. One whose citations are found but
 * do not bear its numbers, dates or persons is marked as unsupported.
 */
export function verifyDraft(
  draft: SummaryDraft,
  transcript: Transcript,
  {
    attendees,
    date,
    names = {},
    language = transcript.language,
    outline = STANDARD,
  }: Pick<OutputOptions, 'attendees' | 'date'> & {
    /** Of the draft; absent: the transcript's. */
    readonly language?: string | null;
    /** Of speakers by their ids; absent: nobody is named. */
    readonly names?: Names;
    /** Default: the standard one. */
    readonly outline?: Outline;
  },
): Summary {
  const speakers = new Set(transcript.segments.flatMap(({ speaker }) => speaker ?? []));
  const owners = draft.actionItems.map(({ owner }) => owner);
  const check = createCheck(transcript, { attendees, names, owners });
  const present = createNames([...attendees, ...Object.values(names)]);
  const toStatement = ({ text, citations }: SummaryDraft['keyPoints'][number]): Statement => ({
    text,
    ...check(citations, text),
  });
  return {
    summary: draft.summary,
    keyPoints: draft.keyPoints.map(toStatement),
    decisions: draft.decisions.map(toStatement),
    openQuestions: draft.openQuestions.map(toStatement),
    actionItems: draft.actionItems.map(({ task, owner, dueText: words, citations: claims }) => {
      // A rule or a model may take the name of somebody who is there for a day.
      const dueText = words === null || isOnlyNames(present, words) ? null : words;
      const sources = check(claims, task, owner, dueText);
      const speaker = onlySpeaker(sources.citations);
      return {
        task,
        owner: resolveOwner(owner, { attendees, speaker, speakers }),
        due: resolveDue(dueText, date, language),
        dueText,
        ...sources,
      };
    }),
    ...(outline.sections.length > 0 && {
      sections: outline.sections.map(({ id, title }) => {
        const entries = draft.sections?.[id] ?? null;
        return entries === null
          ? { id, title, items: [], unwritten: true }
          : { id, title, items: entries.map(toStatement) };
      }),
    }),
  };
}

type Checked = Pick<Statement, 'citations' | 'verified' | 'unsupported' | 'lacks' | 'notFound'>;

/**
 * Checks the citations of one statement: where each stands by its words alone, whether all were found, and whether they
 * bear the statement's `words`.
 */
export type Check = (
  claims: readonly DraftClaim[],
  ...words: readonly (string | null)[]
) => Checked;

/** @param people who may be named: attendees, speakers by their ids, and owners of tasks as they were written */
export function createCheck(
  transcript: Transcript,
  people: {
    readonly attendees: readonly string[];
    readonly names: Names;
    readonly owners: readonly (string | null)[];
  },
): Check {
  const findQuote = createFindQuote(transcript);
  const lacking = createSupportCheck(transcript, people);
  return (claims, ...words) => {
    const found = verified(claims, findQuote);
    const lacks = lacking(words, found.citations);
    return lacks.length === 0 ? found : { ...found, unsupported: true, lacks };
  };
}

/**
 * Finds what the citations of a claim do not bear out. A claim without citations has nothing that could contradict it: it
 * is not verified.
 */
function createSupportCheck(
  { segments, language }: Transcript,
  { attendees, names, owners }: Parameters<typeof createCheck>[1],
) {
  const orderOf = new Map(segments.map(({ id }, order) => [id, order]));
  const found = findActionItems(sentencesOf(segments, language)).map(({ owner }) => owner);
  const present = [...attendees, ...Object.values(names)];
  const persons = new Set([
    ...present,
    ...[...owners, ...found].flatMap((owner) => resolveOwner(owner, { attendees }) ?? []),
  ]);
  const findUnsupported = createFindUnsupported(persons, present);
  return (words: readonly (string | null)[], citations: readonly Citation[]): string[] => {
    if (citations.length === 0) return [];
    const around = new Set(
      citations
        .flatMap(({ segmentIds }) => segmentIds.flatMap((id) => orderOf.get(id) ?? []))
        // Somebody is asked in one segment and answers in the next.
        .flatMap((order) => [order - 1, order, order + 1]),
    );
    const evidence = segments
      .filter((_, order) => around.has(order))
      .map(({ speaker, text }) =>
        speaker === null ? text : `${names[speaker] ?? speaker}: ${text}`,
      )
      .join('\n');
    return findUnsupported(words.filter((word) => word !== null).join('\n'), evidence);
  };
}

function verified(
  claims: readonly DraftClaim[],
  findQuote: FindQuote,
): Pick<Statement, 'citations' | 'verified' | 'notFound'> {
  const found = claims.map((claim) => toCitation(claim, findQuote));
  const citations = found.filter((citation) => citation !== null);
  const notFound = claims
    .filter((_claim, index) => found[index] === null)
    .map(({ quote, segmentIds }) => ({ quote, segmentIds }));
  const unique = new Map(
    citations.map((citation) => [`${citation.segmentIds.join(' ')} ${citation.quote}`, citation]),
  );
  return {
    citations: [...unique.values()],
    verified: citations.length > 0 && citations.length === claims.length,
    ...(notFound.length > 0 && { notFound }),
  };
}

/** Where a claimed quote stands in the transcript; null: nowhere. */
export function toCitation(claim: DraftClaim, findQuote: FindQuote): Citation | null {
  const found = findQuote(claim.quote, claim.segmentIds);
  if (found === null) return null;
  const { quote, segments } = found;
  return {
    start: segments[0]?.start ?? null,
    end: segments.at(-1)?.end ?? null,
    speaker: onlySpeaker(segments),
    quote,
    segmentIds: segments.map(({ id }) => id),
  };
}

/** The speaker of all of it; null: unknown, or several. */
export function onlySpeaker(said: readonly Pick<Segment, 'speaker'>[]): string | null {
  const speakers = new Set(said.map(({ speaker }) => speaker));
  const [speaker = null] = speakers;
  return speakers.size === 1 ? speaker : null;
}
