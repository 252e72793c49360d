import type { MEANINGS } from './meanings.ts';

/**
 * How people say days. Texts are regular expressions in lower case. In a phrase, `{weekday}`, `{month}`, `{day}` (of a
 * month), `{year}`, `{count}` and `{mm}` (the digits of a month) stand for a word or a number. Accents are optional;
 * an apostrophe counts as a space.
 */
export interface Language {
  /** Days that begin a week for the speakers: 0 (Monday), 6 (Sunday). */
  readonly weekStarts: readonly number[];
  readonly nextIsNextWeek?: true;
  /** False for scripts without spaces between words. */
  readonly spaced: boolean;
  /** Monday to Sunday. Lists are separated by a comma and a space. */
  readonly weekdays: string;
  /** How a weekday is written before or after a date, if not as the word alone. */
  readonly weekdayBeside?: string;
  readonly months: string;
  /** One, two, three … */
  readonly numbers: string;
  /** First, second, third …: days of a month, if they are not said with plain numbers. */
  readonly ordinals?: string;
  /** What may stand before a day and after it without moving it. */
  readonly before: string;
  readonly after: string;
  readonly phrases: Readonly<Partial<Record<keyof typeof MEANINGS, string>>>;
}
