import { chinese } from './phrases/chinese.ts';
import { english, type Wording } from './phrases/english.ts';
import { french } from './phrases/french.ts';
import { german } from './phrases/german.ts';
import { spanish } from './phrases/spanish.ts';

/** The fixed phrases of one language, with its way to write dates, numbers and durations. */
export interface Phrases extends Wording {
  /** ISO 639-1. */
  readonly language: string;
  /** Writes `2026-11-24` in the long form. */
  readonly day: (isoDate: string) => string;
  /** Writes `2026-11-24T10:00:00.000Z` with the hour and the minute, in UTC. */
  readonly moment: (isoTime: string) => string;
  /** Writes a number of bytes in bytes, kB or MB. */
  readonly size: (bytes: number) => string;
  /** Writes a number with at most one decimal. */
  readonly count: (value: number) => string;
  /** Writes whole seconds as `1 h 02 min 03 s`, without leading units that are zero. */
  readonly duration: (seconds: number) => string;
  /** Writes the members of a list, such as "Anna, Tom"; with names like "Smith, John", "Smith, John; Lee, Ann". */
  readonly list: (members: readonly string[]) => string;
}

/** The phrases of a language (ISO 639-1, with or without a region); English for a language that has none here. */
export function phrasesFor(language: string | null): Phrases {
  const code = language?.toLowerCase().split(/[-_]/)[0];
  return ALL_PHRASES.find((phrases) => phrases.language === code) ?? ENGLISH;
}

/** A separator that ends a line, and never begins one. */
export const keptAtLineEnd = (separator: string): string => separator.replace(/^ /, '\u00a0');

function toPhrases(wording: Wording): Phrases {
  const { locale, units, separators } = wording;
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const moments = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return {
    ...wording,
    language: new Intl.Locale(locale).language,
    day: (isoDate) => dates.format(new Date(`${isoDate}T00:00:00Z`)),
    moment: (isoTime) => `${moments.format(new Date(isoTime))} UTC`,
    size: (bytes) => writtenSize(bytes, locale),
    count: (value) => numbers.format(value),
    duration: (seconds) => writtenDuration(seconds, units),
    list: (members) => {
      const isClear = members.every((member) => !member.includes(separators.list.trim()));
      return members.join(isClear ? separators.list : separators.clear);
    },
  };
}

function writtenSize(bytes: number, locale: string): string {
  const [unit, size] =
    bytes < 1_000
      ? (['byte', 1] as const)
      : bytes < 1_000_000
        ? (['kilobyte', 1_000] as const)
        : (['megabyte', 1_000_000] as const);
  const unitDisplay = unit === 'byte' ? 'long' : 'short';
  const numbers = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay,
    maximumFractionDigits: 1,
  });
  return numbers.format(bytes / size);
}

function writtenDuration(seconds: number, { hour, minute, second, space }: Wording['units']) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    { amount: Math.floor(whole / 3600), unit: hour },
    { amount: Math.floor(whole / 60) % 60, unit: minute },
    { amount: whole % 60, unit: second },
  ];
  const first = parts.findIndex(({ amount }) => amount > 0);
  return parts
    .slice(first)
    .map(({ amount, unit }, index) => {
      const digits = index === 0 ? String(amount) : String(amount).padStart(2, '0');
      return `${digits}${space}${unit}`;
    })
    .join(space);
}

const ENGLISH = toPhrases(english);
/** English first. */
export const ALL_PHRASES: readonly Phrases[] = [
  ENGLISH,
  ...[chinese, german, french, spanish].map(toPhrases),
];
