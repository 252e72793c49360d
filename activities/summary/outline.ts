import { digestOf } from '../../adapters/identity/digest.ts';
import {
  LISTS,
  type Length,
  type List,
  type Template,
  type Words,
} from '../../workflows/contracts/template.ts';

/** What a template asks for in one language. Two templates with the same outline ask the same questions. */
export interface Outline {
  readonly lists: readonly List[];
  readonly sections: readonly OutlinedSection[];
  /** Null: none is asked for. */
  readonly tone: string | null;
  readonly length: Length;
}

interface OutlinedSection {
  /** Its key in an answer: `section2`, or `section2_decisions` if rules fill it with decisions. */
  readonly id: string;
  readonly title: string;
  readonly instruction: string;
}

/** The standard minutes: all lists, and no section of their own. */
export const STANDARD: Outline = { lists: LISTS, sections: [], tone: null, length: 'medium' };

/**
 * A template in the language of the meeting (ISO 639-1; null: not known). A text that the template does not have in that language
 * is taken in English, else in the first of its languages.
 */
export function outlineOf(template: Template, language: string | null): Outline {
  const { tone, length, lists, sections } = template;
  return {
    lists: LISTS.filter((list) => lists.includes(list)),
    sections: sections.map(({ title, instruction, like }, index) => ({
      id: `section${index + 1}${like === undefined ? '' : `_${like}`}`,
      title: wordsIn(title, language),
      instruction: wordsIn(instruction, language),
    })),
    tone: tone === undefined ? null : wordsIn(tone, language),
    length,
  };
}

const wordsIn = (words: Words, language: string | null): string =>
  typeof words === 'string'
    ? words
    : (words[language ?? 'en'] ?? words['en'] ?? Object.values(words)[0] ?? '');

/** The list that the id of a section names; null: rules cannot fill it. */
export const listOf = (sectionId: string): List | null =>
  LISTS.find((list) => sectionId.endsWith(`_${list}`)) ?? null;

/** The part of the work key of a summarising call that stands for the outline. */
export const outlineKey = (outline: Outline): string => {
  const digest = digestOf(outline);
  // Answers that were stored before there were other templates are found by this.
  return digest === STANDARD_DIGEST ? 'standard/1' : digest;
};
const STANDARD_DIGEST = digestOf(STANDARD);
