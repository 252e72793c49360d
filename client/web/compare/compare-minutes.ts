import type { ActionItem, Minutes, Statement } from '../../../workflows/contracts/minutes.ts';
import type { Segment } from '../../../workflows/contracts/transcript.ts';
import { pairLists, type Row } from './pair-lists.ts';

/** A line of minutes as a person reads it. */
export interface Entry {
  readonly text: string;
  /** Who takes a task on or speaks, by name; null: nobody is named. */
  readonly who?: string | null;
  /** Of a task: an ISO day, or the words of the meeting; null: none is named. */
  readonly due?: string | null;
  /** Of a segment, in seconds. */
  readonly start?: number | null;
  /** The words that it cites. */
  readonly quotes?: readonly string[];
  /** What is said of a statement whose sources do not bear it out. */
  readonly doubt?: 'notVerified' | 'notBorneOut';
}

type Field =
  | 'title'
  | 'date'
  | 'attendees'
  | 'speakers'
  | 'summary'
  | 'decisions'
  | 'actionItems'
  | 'keyPoints'
  | 'openQuestions'
  | 'transcript';

/** A field of minutes, in two versions. */
export interface ComparedField {
  readonly field: Field | 'sections';
  /** Of a section of the template: its title. */
  readonly section?: { readonly id: string; readonly title: string };
  readonly rows: readonly Row<Entry>[];
}

/** What minutes say, with how their speakers are called. */
export interface Read {
  readonly minutes: Minutes;
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Two versions of minutes beside each other, field by field in the order in which they are read.
 *
 * @param doubts false: whether statements are verified is not known, and not compared
 */
export function compareMinutes(was: Read, is: Read, { doubts }: { readonly doubts: boolean }) {
  const [before, after] = [fieldsOf(was, doubts), fieldsOf(is, doubts)];
  const keys = new Set([...after.keys(), ...before.keys()]);
  return [...keys].map((key): ComparedField => {
    const [old, recent] = [before.get(key), after.get(key)];
    const { field, section } = recent ?? old ?? { field: 'summary' };
    const rows = pairEntries(old?.entries ?? [], recent?.entries ?? []);
    return { field, ...(section && { section }), rows };
  });
}

/** The segments that differ, and nothing of those that do not. */
export function compareSegments(
  was: readonly Segment[],
  is: readonly Segment[],
  names: { readonly was: Read['names']; readonly is: Read['names'] },
): ComparedField {
  const entries = (segments: readonly Segment[], called: Read['names']): Entry[] =>
    segments.map(({ text, start, speaker }) => ({
      text,
      start,
      who: speaker === null ? null : (called.get(speaker) ?? speaker),
    }));
  const rows = pairEntries(entries(was, names.was), entries(is, names.is));
  return { field: 'transcript', rows: rows.filter(({ kind }) => kind !== 'same') };
}

export const isDifferent = ({ rows }: ComparedField): boolean =>
  rows.some(({ kind }) => kind !== 'same');

const pairEntries = (was: readonly Entry[], is: readonly Entry[]): Row<Entry>[] => {
  // Other words for the same source are the same statement, reworded.
  const wordsOf = ({ text, quotes = [] }: Entry): string => [text, ...quotes].join(' ');
  const rows = pairLists(was, is, { contentOf: JSON.stringify, wordsOf });
  const [only] = was;
  const [other] = is;
  // A field with one line is that line, whatever words it has.
  if (was.length !== 1 || is.length !== 1 || only === undefined || other === undefined) return rows;
  return rows.length === 1 ? rows : [{ kind: 'changed', was: only, is: other }];
};

interface ReadField {
  readonly field: ComparedField['field'];
  readonly section?: { readonly id: string; readonly title: string };
  readonly entries: readonly Entry[];
}

function fieldsOf({ minutes, names }: Read, doubts: boolean): ReadonlyMap<string, ReadField> {
  const line = (text: string | null): Entry[] => (text === null || text === '' ? [] : [{ text }]);
  const sourcesOf = ({ citations, verified, unsupported }: Statement | ActionItem) => ({
    quotes: citations.map(({ quote }) => quote),
    ...(doubts && unsupported === true && { doubt: 'notBorneOut' as const }),
    ...(doubts && unsupported !== true && !verified && { doubt: 'notVerified' as const }),
  });
  const statements = (items: readonly Statement[]): Entry[] =>
    items.map((item) => ({ text: item.text, ...sourcesOf(item) }));
  const tasks = minutes.actionItems.map((item): Entry => {
    const who = item.owner === null ? null : (names.get(item.owner) ?? item.owner);
    return { text: item.task, who, due: item.due ?? item.dueText, ...sourcesOf(item) };
  });
  const fields: readonly ReadField[] = [
    { field: 'title', entries: line(minutes.title) },
    { field: 'date', entries: line(minutes.date) },
    { field: 'attendees', entries: (minutes.attendees ?? []).map((text) => ({ text })) },
    {
      field: 'speakers',
      entries: minutes.speakers.map(({ id }) => ({ text: names.get(id) ?? id })),
    },
    { field: 'summary', entries: minutes.summary.split(/\n{2,}/).flatMap(line) },
    { field: 'decisions', entries: statements(minutes.decisions) },
    { field: 'actionItems', entries: tasks },
    { field: 'keyPoints', entries: statements(minutes.keyPoints) },
    { field: 'openQuestions', entries: statements(minutes.openQuestions) },
    ...minutes.sections.map(({ id, title, items }) => ({
      field: 'sections' as const,
      section: { id, title },
      entries: statements(items),
    })),
  ];
  return new Map(fields.map((one) => [`${one.field} ${one.section?.id ?? ''}`, one]));
}
