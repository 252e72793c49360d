import type { ActionItem, Minutes, Statement } from './minutes.ts';

const LISTS = {
  keyPoints: 'k',
  decisions: 'd',
  actionItems: 'a',
  openQuestions: 'q',
} as const;
export type ItemList = keyof typeof LISTS;

/**
 * How a statement of the minutes is called, by its place in `minutes.json`: `k1`, `d2`, `a1`, `q3`. It is its anchor in
 * `minutes.html`, and what `explain` takes. `s1` would be a segment of the transcript.
 */
export const itemId = (list: ItemList, index: number): string => `${LISTS[list]}${index + 1}`;

/** The same of the template's own sections: `t2-1` is the first of the second section. */
export const sectionItemId = (section: number, index: number): string =>
  `t${section + 1}-${index + 1}`;

/** A statement with its id. */
export interface MinutesItem {
  readonly id: string;
  readonly list: ItemList | 'sections';
  /** The title of the template's section; null: a list that every template has. */
  readonly section: string | null;
  readonly statement: Statement | ActionItem;
}

/** Every statement that cites the transcript, in the order of the documents. */
export function itemsOf(minutes: Minutes): MinutesItem[] {
  const lists: readonly ItemList[] = ['keyPoints', 'decisions', 'actionItems', 'openQuestions'];
  return [
    ...lists.flatMap((list) =>
      minutes[list].map((statement, index) => ({
        id: itemId(list, index),
        list,
        section: null,
        statement,
      })),
    ),
    ...minutes.sections.flatMap(({ title, items }, section) =>
      items.map((statement, index) => ({
        id: sectionItemId(section, index),
        list: 'sections' as const,
        section: title,
        statement,
      })),
    ),
  ];
}
