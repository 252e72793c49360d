import { numberWords, ordinalWords } from './number-words.ts';

/**
 * The words of an English text as they are spoken: lower case, no punctuation, and numbers, dates, times, money and
 * percentages in words, so that "March 6th", "March 6" and "March sixth" are the same, as are "$25,000" and
 * "twenty-five thousand dollars".
 */
export function spokenWords(text: string): readonly string[] {
  const spelled = RULES.reduce(
    (result, [pattern, replacement]) => result.replaceAll(pattern, replacement),
    text.normalize('NFKC').toLowerCase().replaceAll(/[’‘]/g, "'"),
  );
  const words = spelled
    .replaceAll(/[^\p{L}\p{N}']+/gu, ' ')
    .split(' ')
    .map((word) => word.replaceAll("'", ''))
    .filter((word) => word !== '');
  return withoutVariants(words);
}

const MONTHS =
  'january|february|march|april|may|june|july|august|september|october|november|december';
const ORDINALS = Object.fromEntries(
  Array.from({ length: 31 }, (_, index) => [ordinalWords(index + 1), index + 1]),
);
const ORDINAL_WORDS = Object.keys(ORDINALS)
  .map((words) => words.replaceAll(' ', '[ -]'))
  .toSorted((some, other) => other.length - some.length)
  .join('|');

type Replacement = (match: string, ...groups: string[]) => string;

/** In this order: compound forms before the plain numbers that they contain. */
const RULES: readonly (readonly [RegExp, Replacement])[] = [
  // 25,000
  [/(?<=\d),(?=\d{3}(?!\d))/g, () => ''],
  // $1.5 million, $900
  [/\$\s?(\d+(?:\.\d+)?)(\s(?:thousand|million|billion))?/g, money],
  [/(\d)\s?%/g, (_, digit) => `${digit} percent`],
  [/\bper cent\b/g, () => 'percent'],
  // 2:30 p.m., 9am, 10:00
  [/\b(a|p)\.\s?m\b\.?/g, (_, half) => `${half}m`],
  [/(\d)(am|pm)\b/g, (_, digit, half) => `${digit} ${half}`],
  [
    /\b(\d{1,2}):(\d{2})\b/g,
    (_, hour, minute) => `${numberWords(Number(hour))} ${minutes(minute)}`,
  ],
  // March 6, March 6th, 6 March, the 6th of March
  [new RegExp(`\\b(${MONTHS}) (?:the )?(\\d{1,2})(?:st|nd|rd|th)?\\b(?!\\d)`, 'g'), monthDay],
  [
    new RegExp(`\\b(?:the )?(\\d{1,2})(?:st|nd|rd|th)? (?:of )?(${MONTHS})\\b`, 'g'),
    (match, day, month) => monthDay(match, month, day),
  ],
  [
    new RegExp(`\\b(?:the )?(${ORDINAL_WORDS}) of (${MONTHS})\\b`, 'g'),
    (_, ordinal, month) => `${month} ${ordinal.replaceAll('-', ' ')}`,
  ],
  [
    new RegExp(`\\b(${MONTHS}) the (${ORDINAL_WORDS})\\b`, 'g'),
    (_, month, day) => `${month} ${day}`,
  ],
  // 2026 as a year, 1st, 3.5, 12
  [/\b(\d+)(?:st|nd|rd|th)\b/g, (_, number) => ordinalWords(Number(number))],
  [/\b(1[1-9]|20)(\d{2})\b(?!\.\d)/g, year],
  [
    /\b(\d+)\.(\d+)\b/g,
    (_, whole, part) =>
      `${numberWords(Number(whole))} point ${part.replaceAll(/\d/g, (digit) => `${numberWords(Number(digit))} `)}`,
  ],
  // Letters and numbers that are spoken separately: Q3
  [/([a-z])(\d)/g, (_, letter, digit) => `${letter} ${digit}`],
  [/\d+/g, (digits) => ` ${numberWords(Number(digits))} `],
];

function money(_: string, amount = '', scale = ''): string {
  return `${amount}${scale} ${amount === '1' && scale === '' ? 'dollar' : 'dollars'}`;
}

function minutes(minute = ''): string {
  if (minute === '00') return '';
  return minute.startsWith('0') ? `o ${numberWords(Number(minute))}` : numberWords(Number(minute));
}

function monthDay(match: string, month = '', day = ''): string {
  const number = Number(day);
  return number >= 1 && number <= 31 ? `${month} ${ordinalWords(number)}` : match;
}

/** 1987 is nineteen eighty seven, 2026 twenty twenty six, 2005 two thousand five, 1900 nineteen hundred. */
function year(_: string, century = '', rest = ''): string {
  const number = Number(century + rest);
  if (rest === '00' || (number >= 2000 && number < 2010)) {
    return rest === '00' && number !== 2000
      ? `${numberWords(Number(century))} hundred`
      : numberWords(number);
  }
  const tail = rest.startsWith('0') ? `o ${numberWords(Number(rest))}` : numberWords(Number(rest));
  return `${numberWords(Number(century))} ${tail}`;
}

/** Removes differences of spelling: "one hundred and five", "okay". */
function withoutVariants(words: readonly string[]): readonly string[] {
  return words
    .filter(
      (word, index) =>
        !(word === 'and' && SCALES.has(words[index - 1] ?? '') && isNumber(words[index + 1])),
    )
    .map((word) => VARIANTS[word] ?? word);
}

const SCALES = new Set(['hundred', 'thousand', 'million']);
const SMALL_NUMBERS = new Set(
  Array.from({ length: 100 }, (_, number) => numberWords(number).split(' ')[0] ?? ''),
);
const isNumber = (word: string | undefined): boolean => SMALL_NUMBERS.has(word ?? '');
const VARIANTS: Readonly<Record<string, string>> = { okay: 'ok', mr: 'mister', dr: 'doctor' };
