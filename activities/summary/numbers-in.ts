import { foldForComparison } from '../transcript/text.ts';

/** A number in a text. Several values: it can be read in several ways ("25.000" is 25 or 25,000). */
export interface FoundNumber {
  readonly values: readonly number[];
  /** Said with "about", "over" …, or one of the small numbers that people also use to count what they tell. */
  readonly loose: boolean;
}

/**
 * The numbers of a text in digits and in English and Chinese words: "25,000", "25 thousand", "twenty-five thousand",
 * "2.5 million", "25k", "二万五千", "两万五", "2.5 万", "百分之五". Not parts of names ("Q3"), times of day, and years.
 */
export function numbersIn(raw: string): FoundNumber[] {
  const text = foldForComparison(raw).toLowerCase().replace(DAY_OF_MONTH, ' ');
  return [
    ...[...text.matchAll(DIGITS)].flatMap((match) => {
      const { number = '', unit = '', percent } = match.groups ?? {};
      const values = readingsOf(number).map((value) => value * (UNITS[unit] ?? 1));
      return isYear(number, unit)
        ? []
        : [toFound(values, text, match.index, percent !== undefined)];
    }),
    ...[...text.matchAll(WORDS)].flatMap((match) => {
      const value = valueOfWords(match[0]);
      return value === null ? [] : [toFound([value], text, match.index, false)];
    }),
    ...[...text.matchAll(HAN)].flatMap((match) => {
      const { percent, number = '' } = match.groups ?? {};
      const value = valueOfHan(number);
      return value === null ? [] : [toFound([value], text, match.index, percent !== undefined)];
    }),
  ];
}

function toFound(
  values: readonly number[],
  text: string,
  index: number,
  isPercent: boolean,
): FoundNumber {
  const isSmall = values.every((value) => Number.isInteger(value) && value <= MOST_COUNTED);
  return {
    values: values.map((value) => Number(value.toPrecision(12))),
    loose: (isSmall && !isPercent) || ABOUT.test(text.slice(Math.max(0, index - 24), index)),
  };
}

/** Compared as dates. */
const MONTH_NAME =
  '(?:january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)';
const DAY_OF_MONTH = new RegExp(
  String.raw`\b\d{1,2}(?:st|nd|rd|th|er|\.)? (?:of |de )?${MONTH_NAME}\b|\b${MONTH_NAME},? (?:the )?\d{1,2}\b|(?:\d{1,2}|[一二三四五六七八九十]{1,3}) ?[月日号號]`,
  'gu',
);

/** "Three points were discussed", "the twelve of us", days of a month beside a weekday. */
const MOST_COUNTED = 12;
const ABOUT =
  /(?:\b(?:about|around|roughly|almost|nearly|over|more than|less than|under|up to|at least|at most|some|circa|ca\.|etwa|rund|fast|über|environ|près de|unos|casi)|约|約|大约|大約|大概|差不多|近|将近|將近|超过|超過|不到|至少|最多|上)[ $€£¥]*$/u;

const isYear = (number: string, unit: string): boolean =>
  unit === '' && /^(?:19|20)\d\d$/u.test(number);

const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  tausend: 1e3,
  mille: 1e3,
  mil: 1e3,
  m: 1e6,
  million: 1e6,
  millions: 1e6,
  millionen: 1e6,
  billion: 1e9,
  十: 10,
  百: 100,
  千: 1e3,
  万: 1e4,
  萬: 1e4,
  亿: 1e8,
  億: 1e8,
};
const DIGITS =
  /(?<![\p{sc=Latin}\d.:/-]|\d,)(?<number>\d{1,3}(?:[,.' ’]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?![\d:])(?: ?(?<unit>thousand|millions?|millionen|billion|tausend|mille|mil|[km](?!\p{L})|[十百千万萬亿億]))?(?![\p{sc=Latin}])(?<percent> ?(?:%|percent|per cent|prozent))?/gu;

/** "25,000" is 25000 in English and 25 in German, and what follows the last mark can be a fraction. */
function readingsOf(number: string): number[] {
  const bare = Number(number.replace(/[,.' ’]/gu, ''));
  const asFraction = Number(
    number
      .replace(/[' ’]/gu, '')
      .replace(/[.,](?=.*[.,])/gu, '')
      .replace(',', '.'),
  );
  return /[.,]\d{3}$/u.test(number) || /^\d+$/u.test(number) || /[' ’]/u.test(number)
    ? [...new Set([bare, asFraction])]
    : [asFraction];
}

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = '_ _ twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES: Readonly<Record<string, number>> = {
  hundred: 100,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
};
const NUMBER_WORD = `(?:${[...ONES, ...TENS.slice(2), ...Object.keys(SCALES)].join('|')})`;
const WORDS = new RegExp(
  String.raw`(?<!\p{L}|\d )${NUMBER_WORD}(?:(?: and |[ -])${NUMBER_WORD})*(?!\p{L})`,
  'gu',
);

function valueOfWords(words: string): number | null {
  let total = 0;
  let current = 0;
  for (const word of words.split(/[ -]/u)) {
    if (word === 'and') continue;
    const one = ONES.indexOf(word);
    const ten = TENS.indexOf(word);
    if (one >= 0) current += one;
    else if (ten >= 0) current += ten * 10;
    else if (word === 'hundred') current = (current === 0 ? 1 : current) * 100;
    else {
      total += (current === 0 ? 1 : current) * (SCALES[word] ?? 1);
      current = 0;
    }
  }
  return total + current;
}

const HAN =
  /(?<![\d.] ?)(?<percent>百分之)?(?<number>[零〇一二两兩三四五六七八九十百千万萬亿億]{1,20})(?!\d)/gu;
const HAN_DIGITS: Readonly<Record<string, number>> = {
  零: 0,
  〇: 0,
  一: 1,
  二: 2,
  两: 2,
  兩: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};

/** "二万五千" and "两万五", where the last digit is of the next lower unit. Null: no number ("一" in other words). */
export function valueOfHan(number: string): number | null {
  let total = 0;
  let section = 0;
  let digit: number | null = null;
  let unit = 1;
  for (const character of number) {
    const value = HAN_DIGITS[character];
    if (value !== undefined) {
      // "二〇二六": digits one by one.
      if (digit !== null && digit !== 0) return null;
      digit = value;
      if (value === 0) unit = 1;
      continue;
    }
    unit = UNITS[character] ?? 1;
    if (unit >= 1e4) {
      total = (total + section + (digit ?? 0)) * unit;
      section = 0;
    } else section += (digit ?? 1) * unit;
    digit = null;
  }
  return total + section + (digit ?? 0) * (unit >= 100 ? unit / 10 : 1);
}
