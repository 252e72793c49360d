import { foldForComparison } from '../transcript/text.ts';
import { findDueText } from './find-due-text.ts';
import { numbersIn, valueOfHan } from './numbers-in.ts';

/**
 * The numbers, dates and persons of a claim that its evidence lacks or contradicts: "25000" where 15,000 was said. Empty:
 * it is borne out. Conservative: small numbers, approximations and years are not compared; a date counts as borne out by
 * any words for a day but another weekday or month; a person only by another one in the same place.
 *
 * @param evidence what was said: the cited segments with their neighbours
 * @param persons everybody who is known by name
 */
export function unsupportedWords(
  claim: string,
  evidence: string,
  persons: ReadonlySet<string>,
): string[] {
  const words = [
    ...otherNumbers(claim, evidence),
    ...DATE_WORDS.flatMap((dates) => otherDates(dates, claim, evidence)),
    ...otherDays(claim, evidence),
    ...otherPersons(claim, evidence, persons),
  ];
  return [...new Set(words)];
}

function otherNumbers(claim: string, evidence: string): string[] {
  const said = new Set(numbersIn(evidence).flatMap(({ values }) => values));
  return numbersIn(claim)
    .filter(({ values, loose }) => !loose && !values.some((value) => said.has(value)))
    .map(({ values }) => String(values[0]));
}

/** By number, the words of English, Chinese, German, French and Spanish for it. */
const WEEKDAYS = [
  /\bmondays?\b|[周週]一|星期一|礼拜一|\bmontags?\b|\blundi\b|\blunes\b/iu,
  /\btuesdays?\b|[周週]二|星期二|礼拜二|\bdienstags?\b|\bmardi\b|\bmartes\b/iu,
  /\bwednesdays?\b|[周週]三|星期三|礼拜三|\bmittwochs?\b|\bmercredi\b|miércoles/iu,
  /\bthursdays?\b|[周週]四|星期四|礼拜四|\bdonnerstags?\b|\bjeudi\b|\bjueves\b/iu,
  /\bfridays?\b|[周週]五|星期五|礼拜五|\bfreitags?\b|\bvendredi\b|\bviernes\b/iu,
  /\bsaturdays?\b|[周週]六|星期六|礼拜六|\bsamstags?\b|\bsamedi\b|sábado/iu,
  /\bsundays?\b|[周週][日天]|星期[日天]|礼拜[日天]|\bsonntags?\b|\bdimanche\b|\bdomingo\b/iu,
];
const month = (number: string, han: string, words: string): RegExp =>
  new RegExp(String.raw`\b(?:${words})\b|(?<!\d)0?${number}月|(?<![十\d])${han}月`, 'u');
/** Capitalised where the word means something else, too. */
const MONTHS = [
  month('1', '一', 'January|Januar|janvier|enero'),
  month('2', '二', 'February|Februar|février|febrero'),
  month('3', '三', 'March|März|mars|marzo'),
  month('4', '四', 'April|avril|abril'),
  month('5', '五', 'May|Mai|mai|mayo'),
  month('6', '六', 'June|Juni|juin|junio'),
  month('7', '七', 'July|Juli|juillet|julio'),
  month('8', '八', 'August|août|agosto'),
  month('9', '九', 'September|septembre|septiembre'),
  month('10', '十', 'October|Oktober|octobre|octubre'),
  month('11', '十一', 'November|novembre|noviembre'),
  month('12', '十二', 'December|Dezember|décembre|diciembre'),
];
const DATE_WORDS = [WEEKDAYS, MONTHS];

function otherDates(words: readonly RegExp[], claim: string, evidence: string): string[] {
  const claimed = words.filter((word) => word.test(claim));
  const missing = claimed.filter((word) => !word.test(evidence));
  if (missing.length === 0) return [];
  const isOther = words.some((word) => word.test(evidence) && !claimed.includes(word));
  // A model may have worked out "Friday" from "in four days", but it needs a day to begin with.
  const isBorneOut =
    !isOther && (findDueText(evidence) !== null || WEEKDAYS.some((word) => word.test(evidence)));
  return isBorneOut ? [] : missing.flatMap((word) => word.exec(claim)?.[0] ?? []);
}

/** "6 March" where "16 March" was said: another day of the same month. */
function otherDays(claim: string, evidence: string): string[] {
  const said = daysIn(evidence);
  return daysIn(claim)
    .filter(
      (day) =>
        said.some(({ month }) => month === day.month) &&
        !said.some((other) => other.month === day.month && other.day === day.day),
    )
    .map(({ words }) => words);
}

interface Day {
  readonly month: number;
  readonly day: number;
  readonly words: string;
}

const daysIn = (text: string): Day[] =>
  [...foldForComparison(text).matchAll(DAY)].flatMap(({ 0: words, groups = {} }) => {
    const month = MONTHS.findIndex((word) =>
      word.test(groups['month'] ?? groups['name'] ?? groups['word'] ?? ''),
    );
    const digits = groups['day'] ?? groups['before'] ?? groups['after'] ?? '';
    const day = /^\d+$/u.test(digits) ? Number(digits) : valueOfHan(digits);
    return month === -1 || day === null ? [] : [{ month, day, words }];
  });
const DAY =
  /(?<month>(?:\d{1,2}|[一二三四五六七八九十]{1,2})月)(?<day>\d{1,2}|[一二三四五六七八九十]{1,3})|(?<before>\d{1,2})(?:st|nd|rd|th|er|\.)? (?:of |de )?(?<name>\p{L}{3,10})|(?<word>\p{Lu}\p{L}{2,9}),? (?:the )?(?<after>\d{1,2})(?!\d)/gu;

function otherPersons(claim: string, evidence: string, persons: ReadonlySet<string>): string[] {
  const [claimed, said] = [claim, evidence].map((text) => {
    const words = foldForComparison(text);
    return [...persons].filter((person) => names(words, person));
  });
  if (claimed === undefined || said === undefined) return [];
  const isOther =
    claimed.every((person) => !said.includes(person)) &&
    said.some((person) => !claimed.includes(person));
  return isOther ? claimed : [];
}

/** A name in full, or one of its words. */
const names = (text: string, person: string): boolean =>
  [person, ...person.split(' ')].some((word) => {
    if (/\p{sc=Han}/u.test(word)) return word.length > 1 && text.includes(word);
    return word.length > 2 && wordsOf(text).has(word);
  });

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.match(/[\p{L}\p{M}]+(?:[-’'](?!s\b)[\p{L}\p{M}]+)*/gu) ?? []);
