import { compileLanguage, fold, numberOf, type CompiledLanguage } from './compile-language.ts';
import type { Language } from './language.ts';
import { weekdayOf } from './meanings.ts';

/**
 * The day that a whole phrase means in a language, counted from 1970-01-01 as `today` is; null: the language has no
 * such phrase, or it means no single day. A weekday beside a date must be that of the date.
 */
export function matchPhrase(phrase: string, language: Language, today: number): number | null {
  const compiled = compileLanguage(language);
  const text = fold(language.spaced ? phrase : phrase.replaceAll(' ', '')).trim();
  const forms = bareForms(text, compiled);
  const beside = forms.flatMap((form) => {
    const match = compiled.weekdayBeside.exec(form);
    if (match === null) return [];
    const weekday = numberIn(match, 'weekday', language.weekdays) - 1;
    const rest = bareForms(form.replace(match[0], ''), compiled);
    return daysOf(rest, compiled, today).filter((day) => weekdayOf(day) === weekday);
  });
  const [day, ...others] = new Set([...daysOf(forms, compiled, today), ...beside]);
  return day === undefined || Number.isNaN(day) || others.length > 0 ? null : day;
}

/** The text, and what is left of it without the words that may stand before a day and after it. */
const bareForms = (text: string, { before, after }: CompiledLanguage): string[] =>
  shortened(text, before).flatMap((rest) => shortened(rest, after));

function shortened(text: string, edge: RegExp): string[] {
  const rest = text.replace(edge, '');
  return rest === text ? [text] : [text, ...shortened(rest, edge)];
}

function daysOf(forms: readonly string[], compiled: CompiledLanguage, today: number): number[] {
  const { weekStarts, nextIsNextWeek = false, weekdays, months, ...words } = compiled.language;
  const { numbers, ordinals = numbers } = words;
  return compiled.patterns.flatMap(({ meaning, pattern }) => {
    const match = forms.map((form) => pattern.exec(form)).find((found) => found !== null);
    if (match === undefined) return [];
    const year = numberIn(match, 'year', '');
    const day = meaning({
      today,
      weekStarts,
      nextIsNextWeek,
      year,
      weekday: numberIn(match, 'weekday', weekdays) - 1,
      month: numberIn(match, 'month', months) - 1,
      day: numberIn(match, 'day', ordinals),
      count: numberIn(match, 'count', numbers),
    });
    // What was said without a year is to come.
    return [Number.isNaN(year) && day < today ? NaN : day];
  });
}

/** The number in a slot, in digits or as the place of a word in its list, from 1; NaN: nothing was said there. */
function numberIn({ groups = {} }: RegExpExecArray, slot: string, words: string): number {
  const names = Object.keys(groups).filter((name) => name.startsWith(slot));
  const word = names.map((name) => groups[name]).find((found) => found !== undefined);
  return word === undefined ? NaN : numberOf(word, words);
}
