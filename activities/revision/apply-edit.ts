import canonicalize from 'canonicalize';
import type {
  Edited,
  EditedActionItem,
  EditedMinutes,
  EditedStatement,
  EditedTranscript,
} from '../../workflows/contracts/edited.ts';
import type { ActionItem, Minutes, Statement } from '../../workflows/contracts/minutes.ts';
import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import { languagesBySeconds, speakersOf } from '../minutes/compose-minutes.ts';
import { givenSpeakers } from '../speakers/join-speakers.ts';
import { resolveDue } from '../summary/resolve-due.ts';
import { statementsOf } from '../summary/statements-of.ts';
import { createCheck, type Check } from '../summary/verify-citations.ts';
import { spansInvented } from '../transcript/spans-invented.ts';
import type { Documents } from './documents.ts';
import { identifySegments, withHighestId, type Identified } from './segment-ids.ts';

/**
 * The documents as a person corrected one of them. What was measured stays; what is derived of what they changed is
 * derived again: citations, speakers, languages, coverage of the text. Pure.
 */
export const applyEdit = (base: Documents, edited: Edited): Documents =>
  edited.file === 'minutes' ? editMinutes(base, edited) : editTranscript(base, edited);

/** Readers of version 1 do not know that a run must not replace what a person wrote. */
const EDITED = { schemaVersion: 2 } as const;

function editMinutes({ minutes, transcript }: Documents, edited: EditedMinutes): Documents {
  const { attendees = [], ...written } = edited;
  const namesById = new Map(edited.speakers.map(({ id, name }) => [id, name]));
  const speakers = minutes.speakers.map(({ name, ...speaker }) => {
    const given = namesById.get(speaker.id);
    return { ...speaker, name: given === undefined ? name : given };
  });
  const { names } = givenSpeakers({ speakers });
  const owners = edited.actionItems.map(({ owner }) => owner);
  const check = createCheck(transcript, { attendees, names, owners });
  const held = new Map(statementsOf(minutes).map((one) => [contentOf(one), one]));
  const statement = (one: EditedStatement): Statement => {
    const same = held.get(contentOf(one));
    if (same !== undefined && 'text' in same) return same;
    return { text: one.text, ...check(one.citations, one.text) };
  };
  const actionItem = (one: EditedActionItem): ActionItem => {
    const same = held.get(contentOf(one));
    if (same !== undefined && 'task' in same) return onDate(same, minutes, edited.date);
    const { task, owner, due, dueText, citations } = one;
    return { task, owner, due, dueText, ...check(citations, ...wordsOf(one, names)) };
  };
  const itemsById = new Map(edited.sections.map(({ id, items }) => [id, items]));
  const { attendees: _, ...facts } = minutes;
  return {
    transcript,
    minutes: {
      ...facts,
      ...EDITED,
      title: written.title,
      date: written.date,
      ...(attendees.length > 0 && { attendees }),
      speakers,
      summary: written.summary,
      keyPoints: written.keyPoints.map(statement),
      decisions: written.decisions.map(statement),
      openQuestions: written.openQuestions.map(statement),
      actionItems: written.actionItems.map(actionItem),
      sections: minutes.sections.map(({ unwritten, ...section }) => {
        const items = itemsById.get(section.id)?.map(statement) ?? section.items;
        return { ...section, items, ...(items.length === 0 && unwritten && { unwritten }) };
      }),
    },
  };
}

/** What a person may have changed of a statement: of one that they left alone, the verdict stays, too. */
function contentOf(one: Statement | ActionItem | EditedStatement | EditedActionItem): string {
  const citations = one.citations.map(({ quote, segmentIds }) => ({ quote, segmentIds }));
  const { task, owner, due, dueText } = 'task' in one ? one : NO_TASK;
  const text = 'text' in one ? one.text : null;
  return canonicalize({ text, task, owner, due, dueText, citations }) ?? '';
}
const NO_TASK = { task: null, owner: null, due: null, dueText: null };

/** Of a task whose day was worked out from the date of the meeting, the day that follows from another date. */
function onDate(item: ActionItem, { date, language }: Minutes, meetingDate: string | null) {
  const isWorkedOut = item.due === resolveDue(item.dueText, date, language);
  if (date === meetingDate || !isWorkedOut) return item;
  return { ...item, due: resolveDue(item.dueText, meetingDate, language) };
}

/** The words of a task that its quotes must bear; an owner by the name that they are known by. */
function wordsOf(
  { task, owner, dueText }: Pick<ActionItem, 'task' | 'owner' | 'dueText'>,
  names: Readonly<Record<string, string>>,
): (string | null)[] {
  const named = owner === null ? null : (names[owner] ?? (isSpeakerId(owner) ? null : owner));
  return [task, named, dueText];
}
const isSpeakerId = (owner: string): boolean => /^S\d+$/.test(owner);

function editTranscript({ minutes, transcript }: Documents, edited: EditedTranscript): Documents {
  const identified = identifySegments(transcript, edited.segments);
  const segments = edited.segments.map((segment, index) => ({
    ...segment,
    ...heardIn(segment, identified[index]),
    id: identified[index]?.id ?? '',
  }));
  const corrected = withHighestId(transcript, {
    ...transcript,
    language: edited.language,
    segments,
  });
  const spoken = new Set(segments.map(({ speaker }) => speaker));
  const { names, joins } = givenSpeakers(minutes);
  // Whoever speaks again is no longer joined to somebody else.
  const given = { names, joins: new Map([...joins].filter(([id]) => !spoken.has(id))) };
  const { attendees = [], ...facts } = minutes;
  const owners = minutes.actionItems.map(({ owner }) => owner);
  const check = createCheck(corrected, { attendees, names, owners });
  const again = checkAgain(check, newIds(identified));
  const statement = (one: Statement): Statement => ({ text: one.text, ...again(one, [one.text]) });
  const invented = spansInvented(corrected);
  const { mayBeInvented: _, ...coverage } = minutes.coverage;
  return {
    transcript: corrected,
    minutes: {
      ...facts,
      ...EDITED,
      ...(attendees.length > 0 && { attendees }),
      // `resummarize` may have written them in another one.
      language: minutes.language === transcript.language ? corrected.language : minutes.language,
      languages: languagesBySeconds(corrected),
      coverage: {
        ...coverage,
        ...(invented.length > 0 && { mayBeInvented: invented }),
        ...charactersOf(transcript, corrected, coverage),
      },
      speakers: speakersOf(corrected, given),
      keyPoints: minutes.keyPoints.map(statement),
      decisions: minutes.decisions.map(statement),
      openQuestions: minutes.openQuestions.map(statement),
      actionItems: minutes.actionItems.map((item) => ({
        task: item.task,
        owner: ownerIn(spoken, item.owner, names),
        due: item.due,
        dueText: item.dueText,
        ...again(item, wordsOf(item, names)),
      })),
      sections: minutes.sections.map((section) => ({
        ...section,
        items: section.items.map(statement),
      })),
    },
  };
}

/** The answer that a segment is from, for as long as it has the words of that answer. */
function heardIn(
  { text }: EditedTranscript['segments'][number],
  identified: Identified | undefined,
): Partial<Segment> {
  const same = identified?.origin ?? null;
  if (same === null || same.text !== text) return {};
  const { chunk, again } = same;
  return { ...(chunk !== undefined && { chunk }), ...(again !== undefined && { again }) };
}

/**
 * By an id that may be cited, the ids of what became of that segment. One without a part in the corrected transcript is not
 * among them, except for the ids that are new: whoever cited one before meant no segment.
 */
function newIds(identified: readonly Identified[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, origin, isNew } of identified) {
    if (isNew) ids.set(id, []);
    if (origin !== null) ids.set(origin.id, [...(ids.get(origin.id) ?? []), id]);
  }
  return ids;
}

/** What was not found before may be in the corrected transcript. Where it was not kept, nothing becomes verified. */
const checkAgain =
  (check: Check, ids: ReturnType<typeof newIds>) =>
  (
    { citations, verified, notFound }: Statement | ActionItem,
    words: readonly (string | null)[],
  ): Omit<Statement, 'text'> => {
    const claims = [...citations, ...(notFound ?? [])].map(({ quote, segmentIds }) => ({
      quote,
      // What is not there stays as it was named: an id is never given to another segment.
      segmentIds: segmentIds.flatMap((id) => ids.get(id) ?? [id]),
    }));
    const found = check(claims, ...words);
    if (verified || notFound !== undefined) return found;
    const { notFound: _, ...rest } = found;
    return { ...rest, verified: false };
  };

/** A speaker whose words were all given to somebody else is known by name only. */
const ownerIn = (
  spoken: ReadonlySet<string | null>,
  owner: string | null,
  names: Readonly<Record<string, string>>,
): string | null =>
  owner === null || spoken.has(owner) || !isSpeakerId(owner) ? owner : (names[owner] ?? null);

/** Segments with other words have not been summarised. */
function charactersOf(
  before: Transcript,
  after: Transcript,
  { transcriptCharacters, summarizedCharacters }: Minutes['coverage'],
): Pick<Minutes['coverage'], 'transcriptCharacters' | 'summarizedCharacters'> {
  const known = new Set(before.segments.map(({ text }) => text));
  const lengthOf = (segments: Transcript['segments']) =>
    segments.reduce((sum, { text }) => sum + text.length, 0);
  const kept = lengthOf(after.segments.filter(({ text }) => known.has(text)));
  const missing = Math.max(0, transcriptCharacters - summarizedCharacters);
  return {
    transcriptCharacters: lengthOf(after.segments),
    summarizedCharacters: Math.max(0, kept - missing),
  };
}
