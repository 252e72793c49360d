import { foldForComparison } from '../transcript/text.ts';

/** Finds persons in folded texts by their names, in full or by one word of them. Compiled once for many texts. */
export interface Names {
  /** The persons whom a text names, as they were given. */
  readonly in: (text: string) => string[];
  /** The text with a mark in place of each name: what a name seems to say ("April", "周一凡") is not said. */
  readonly without: (text: string) => string;
}

/** @param isLeftOut names and words of names that are not looked for; default: none */
export function createNames(
  persons: Iterable<string>,
  isLeftOut: (form: string) => boolean = () => false,
): Names {
  const named = [...new Set(persons)].map((person) => ({
    person,
    forms: formsOf(person).filter((form) => !isLeftOut(form)),
  }));
  const patterns = named.map(({ person, forms }) => ({ person, pattern: patternOf(forms) }));
  const any = patternOf(named.flatMap(({ forms }) => forms));
  return {
    in: (text) =>
      patterns.flatMap(({ person, pattern }) => (text.search(pattern) === -1 ? [] : [person])),
    without: (text) => text.replace(any, MARK),
  };
}

/** True for a text of nothing but names. */
export const isOnlyNames = (names: Names, text: string): boolean =>
  !/[\p{L}\p{N}]/u.test(names.without(foldForComparison(text)));

/** Neither a letter nor a digit. */
const MARK = '\u{FFFC}';

/** Scripts whose words need no space between them: a name is found inside other letters. */
const UNBOUNDED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}`;
const isUnbounded = (form: string): boolean => new RegExp(`[${UNBOUNDED}]`, 'u').test(form);

/** The full name and its words, as written and with a capital. Shorter ones are no names: "An", "王". */
function formsOf(person: string): string[] {
  const full = foldForComparison(person);
  const words = full.split(' ').filter((word) => /^[\p{L}\p{M}’'-]+$/u.test(word));
  return [...(/\p{L}/u.test(full) ? [full] : []), ...words]
    .filter((form) => form.length > (isUnbounded(form) ? 1 : 2))
    .flatMap((form) => [form, form.charAt(0).toUpperCase() + form.slice(1)]);
}

/** Longer forms first, so that a full name is one name. Without forms it matches nothing. */
function patternOf(forms: readonly string[]): RegExp {
  const longest = [...new Set(forms)].sort((a, b) => b.length - a.length);
  const bounded = longest.filter((form) => !isUnbounded(form)).map(escaped);
  const unbounded = longest.filter(isUnbounded).map(escaped);
  const letter = String.raw`[[\p{L}\p{M}\p{N}]--[${UNBOUNDED}]]`;
  return new RegExp(
    [
      ...unbounded,
      ...(bounded.length === 0 ? [] : [`(?<!${letter}-?)(?:${bounded.join('|')})(?!-?${letter})`]),
    ].join('|') || '(?!)',
    'gv',
  );
}

const escaped = (form: string): string => form.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
