import type { ActionItem, Minutes, Statement } from '../../../workflows/contracts/minutes.ts';

/** A source of a statement; it is kept unless the person drops it. */
interface DraftCitation {
  readonly quote: string;
  readonly segmentIds: readonly string[];
  readonly start: number | null;
  readonly isKept: boolean;
}

/** A statement or a task as it is being written. One without words is left out. */
export interface DraftItem {
  /** Tells it from the others of its list, however it is moved and reworded. */
  readonly key: string;
  readonly text: string;
  /** Of a task, as in `minutes.json`: the id of a speaker, or a name; empty: nobody. */
  readonly owner: string;
  /** Of a task: an ISO date; empty: none. */
  readonly due: string;
  readonly dueText: string;
  readonly citations: readonly DraftCitation[];
  /** Words of the transcript that the person names as sources. */
  readonly quotes: readonly string[];
}

export const LISTS = ['decisions', 'actionItems', 'keyPoints', 'openQuestions'] as const;
/** A list of every template, or `sections.` with the id of a section. */
export type ListName = (typeof LISTS)[number] | `sections.${string}`;

/** Minutes as a person is rewriting them, and the version that they began from. */
export interface MinutesDraft {
  readonly version: number;
  readonly title: string;
  /** An ISO date; empty: none. */
  readonly date: string;
  /** One a line. */
  readonly attendees: string;
  readonly summary: string;
  readonly lists: Readonly<Record<string, readonly DraftItem[]>>;
  /** Of the next new item. */
  readonly nextKey: number;
}

/** Minutes before anything of them is changed. */
export const draftOf = (minutes: Minutes): MinutesDraft => ({
  version: minutes.version,
  title: minutes.title,
  date: minutes.date ?? '',
  attendees: (minutes.attendees ?? []).join('\n'),
  summary: minutes.summary,
  lists: Object.fromEntries(
    [...listsOf(minutes)].map(([name, items]) => [
      name,
      items.map((item, index) => draftItemOf(item, String(index))),
    ]),
  ),
  nextKey: 1,
});

const listsOf = (minutes: Minutes): ReadonlyMap<ListName, readonly (Statement | ActionItem)[]> =>
  new Map<ListName, readonly (Statement | ActionItem)[]>([
    ...LISTS.map((name) => [name, minutes[name]] as const),
    ...minutes.sections.map(({ id, items }) => [`sections.${id}` as const, items] as const),
  ]);

const draftItemOf = (item: Statement | ActionItem, key: string): DraftItem => ({
  key,
  ...('task' in item
    ? {
        text: item.task,
        owner: item.owner ?? '',
        due: item.due ?? '',
        dueText: item.dueText ?? '',
      }
    : { text: item.text, owner: '', due: '', dueText: '' }),
  citations: item.citations.map(({ quote, segmentIds, start }) => ({
    quote,
    segmentIds,
    start,
    isKept: true,
  })),
  quotes: [],
});

/**
 * The minutes with what is in a draft of them, as `edit` takes them. What was not touched is as it was; of the rest, the
 * gateway looks the sources up again.
 */
export function minutesWith(base: Minutes, draft: MinutesDraft): Minutes {
  const before = listsOf(base);
  const itemsOf = (name: ListName) => {
    const held = new Map((before.get(name) ?? []).map((item) => [contentOf(item), item]));
    return (draft.lists[name] ?? [])
      .map((item) => itemWith(item, name === 'actionItems'))
      .filter((item) => ('task' in item ? item.task : item.text).trim() !== '')
      .map((item) => held.get(contentOf(item)) ?? item);
  };
  const statements = (name: ListName) => itemsOf(name).filter((item) => 'text' in item);
  const attendees = draft.attendees
    .split('\n')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return {
    ...base,
    title: draft.title.trim(),
    date: draft.date === '' ? null : draft.date,
    ...((attendees.length > 0 || base.attendees !== undefined) && { attendees }),
    summary: draft.summary.trim() === base.summary.trim() ? base.summary : draft.summary.trim(),
    keyPoints: statements('keyPoints'),
    decisions: statements('decisions'),
    openQuestions: statements('openQuestions'),
    actionItems: itemsOf('actionItems').filter((item) => 'task' in item),
    sections: base.sections.map((section) => ({
      ...section,
      items: statements(`sections.${section.id}`),
    })),
  };
}

/** Whether saving a draft would change anything. */
export const isChanged = (base: Minutes, draft: MinutesDraft): boolean =>
  JSON.stringify(minutesWith(base, draft)) !== JSON.stringify(base);

function itemWith(item: DraftItem, isTask: boolean): Statement | ActionItem {
  const sources = {
    citations: [
      ...item.citations
        .filter(({ isKept }) => isKept)
        .map(({ quote, segmentIds, start }) => ({ quote, segmentIds: [...segmentIds], start })),
      ...item.quotes
        .map((quote) => quote.trim())
        .filter((quote) => quote !== '')
        .map((quote) => ({ quote, segmentIds: [], start: null })),
    ].map((citation) => ({ ...citation, end: null, speaker: null })),
    verified: false,
  };
  const text = item.text.trim();
  if (!isTask) return { text, ...sources };
  const [owner, due, dueText] = [item.owner.trim(), item.due, item.dueText.trim()];
  return {
    task: text,
    owner: owner || null,
    due: due || null,
    dueText: dueText || null,
    ...sources,
  };
}

/** What a person can change of a statement: those that have the same are the same. */
const contentOf = (item: Statement | ActionItem): string =>
  JSON.stringify([
    ...('task' in item
      ? [item.task.trim(), item.owner, item.due, item.dueText]
      : [item.text.trim()]),
    item.citations.map(({ quote, segmentIds }) => [quote, segmentIds]),
  ]);

/** How an item is changed. */
type ItemChange = Partial<Omit<DraftItem, 'key'>>;

const withList = (
  draft: MinutesDraft,
  name: ListName,
  change: (items: readonly DraftItem[]) => readonly DraftItem[],
): MinutesDraft => ({
  ...draft,
  lists: { ...draft.lists, [name]: change(draft.lists[name] ?? []) },
});

export const withItem = (
  draft: MinutesDraft,
  name: ListName,
  key: string,
  change: ItemChange,
): MinutesDraft =>
  withList(draft, name, (items) =>
    items.map((item) => (item.key === key ? { ...item, ...change } : item)),
  );

export const withoutItem = (draft: MinutesDraft, name: ListName, key: string): MinutesDraft =>
  withList(draft, name, (items) => items.filter((item) => item.key !== key));

/** With an empty item at the end of a list. */
export function withNewItem(draft: MinutesDraft, name: ListName): MinutesDraft {
  const key = `new-${draft.nextKey}`;
  const fields = { text: '', owner: '', due: '', dueText: '' };
  const empty: DraftItem = { key, ...fields, citations: [], quotes: [] };
  return {
    ...withList(draft, name, (items) => [...items, empty]),
    nextKey: draft.nextKey + 1,
  };
}

/** With an item one place up (-1) or down (1); at the end of its list, it stays. */
export const withItemMoved = (
  draft: MinutesDraft,
  name: ListName,
  key: string,
  by: -1 | 1,
): MinutesDraft =>
  withList(draft, name, (items) => {
    const from = items.findIndex((item) => item.key === key);
    const moved = items[from];
    const to = from + by;
    if (moved === undefined || to < 0 || to >= items.length) return items;
    return items.toSpliced(from, 1).toSpliced(to, 0, moved);
  });

/**
 * A draft put on a newer version. What the person did not touch is as the newer version has it; what they wrote stays. Where
 * both changed a statement, both stand in the list, so that nothing of either is lost: the person takes one out. What they
 * wrote in a section that is no longer there goes to the key points.
 *
 * @param base the version that the draft began from
 */
export function rebased(draft: MinutesDraft, base: Minutes, newer: Minutes): MinutesDraft {
  const [began, target] = [draftOf(base), draftOf(newer)];
  const ofTarget = (name: string) => (item: DraftItem) => ({
    ...item,
    key: `${newer.version}-${name}-${item.key}`,
  });
  const lists = Object.fromEntries(
    Object.entries(target.lists).map(([name, theirs]) => [
      name,
      rebasedList(draft.lists[name] ?? [], began.lists[name] ?? [], theirs.map(ofTarget(name))),
    ]),
  );
  // Of a section that the newer version does not have.
  const homeless = Object.entries(draft.lists)
    .filter(([name]) => target.lists[name] === undefined)
    .flatMap(([name, items]) =>
      rebasedList(items, began.lists[name] ?? [], []).map(ofTarget(name)),
    );
  const chosen = <K extends 'title' | 'date' | 'attendees' | 'summary'>(
    name: K,
  ): MinutesDraft[K] => (draft[name] === began[name] ? target[name] : draft[name]);
  return {
    ...draft,
    version: newer.version,
    title: chosen('title'),
    date: chosen('date'),
    attendees: chosen('attendees'),
    summary: chosen('summary'),
    lists: { ...lists, keyPoints: [...(lists['keyPoints'] ?? []), ...homeless] },
  };
}

function rebasedList(
  mine: readonly DraftItem[],
  began: readonly DraftItem[],
  theirs: readonly DraftItem[],
): readonly DraftItem[] {
  const content = (item: DraftItem): string => JSON.stringify({ ...item, key: '' });
  const [inBase, inTheirs] = [began, theirs].map((items) => new Set(items.map(content)));
  const isMine = (item: DraftItem) => inBase?.has(content(item)) !== true;
  const kept = mine.filter((item) => isMine(item) || inTheirs?.has(content(item)) === true);
  const result = [...kept];
  const present = new Set(kept.map(content));
  for (const [index, item] of theirs.entries()) {
    // What stood in the version before and is not in the draft was taken out by its person.
    if (present.has(content(item)) || inBase?.has(content(item)) === true) continue;
    const before = theirs
      .slice(0, index)
      .findLast((one) => result.some((other) => content(other) === content(one)));
    const place =
      before === undefined ? 0 : result.findIndex((one) => content(one) === content(before)) + 1;
    result.splice(place, 0, item);
    present.add(content(item));
  }
  return result;
}
