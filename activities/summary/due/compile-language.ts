import type { Language } from './language.ts';
import { MEANINGS, type Meaning } from './meanings.ts';

/** The regular expressions of a language. Groups are named after their slot, with a number. */
export interface CompiledLanguage {
  readonly language: Language;
  readonly before: RegExp;
  readonly after: RegExp;
  readonly weekdayBeside: RegExp;
  readonly patterns: readonly {
    readonly pattern: RegExp;
    readonly meaning: Meaning;
  }[];
}

/** Compiled when a language is first heard. */
export function compileLanguage(language: Language): CompiledLanguage {
  const found = cache.get(language) ?? compile(language);
  cache.set(language, found);
  return found;
}
const cache = new Map<Language, CompiledLanguage>();

function compile(language: Language): CompiledLanguage {
  const { weekdays, months, numbers, ordinals = numbers, before, after, phrases } = language;
  const slots: Readonly<Record<string, string>> = {
    weekday: weekdays,
    month: months,
    mm: '0?[1-9]|1[0-2]',
    day: String.raw`\d{1,2}, ${ordinals}`,
    count: String.raw`\d{1,3}, ${numbers}`,
    year: String.raw`20\d\d`,
  };
  let groups = 0;
  const toPattern = (text: string): RegExp =>
    new RegExp(
      fold(text).replace(/\{([a-z]+)\}/gu, (_, slot: string) => {
        groups += 1;
        const words = fold(slots[slot] ?? '').replaceAll(', ', '|');
        return `(?<${slot === 'mm' ? 'month' : slot}${groups}>${words})`;
      }),
      'u',
    );
  const gap = language.spaced ? ' ' : '';
  const { weekdayBeside = '{weekday}' } = language;
  const everywhere: Readonly<Record<string, string>> = {
    ...phrases,
    date: `${phrases.date}|${ISO_DATE}`,
  };
  return {
    language,
    before: toPattern(`^(?:${before})${gap}`),
    after: toPattern(`(?:[.,;:!?。、]+|,? ?(?:${after}))$`),
    weekdayBeside: toPattern(`^${weekdayBeside},?${gap}|,?${gap}\\(?${weekdayBeside}\\)?$`),
    patterns: Object.entries(MEANINGS).flatMap(([name, meaning]) => {
      const phrase = everywhere[name];
      return phrase === undefined ? [] : [{ pattern: toPattern(`^(?:${phrase})$`), meaning }];
    }),
  };
}

const ISO_DATE = '{year}[-/.]{mm}[-/.]{day}';

/** Lower case without accents and apostrophes; full-width forms become ordinary ones. */
export const fold = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/['’\s]+/gu, ' ');

/** A number in digits, or the place of a word in its list, from 1. */
export const numberOf = (word: string, words: string): number =>
  /^\d+$/u.test(word)
    ? Number(word)
    : words.split(', ').findIndex((form) => new RegExp(`^(?:${fold(form)})$`, 'u').test(word)) + 1;
