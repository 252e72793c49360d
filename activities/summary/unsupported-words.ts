import { foldForComparison } from '../transcript/text.ts';
import { findDueText } from './find-due-text.ts';
import { createNames } from './names-in.ts';
import { numbersIn, valueOfHan } from './numbers-in.ts';

/**
 * Finds the numbers, dates and persons of a claim that its evidence lacks or contradicts: "25000" where 15,000 was said.
 * None: it is borne out. Conservative: small numbers, approximations and years are not compared; a date counts as borne
 * out by any words for a day but another weekday or month; a person only by another one in the same place.
 *
 * @param persons everybody who is known by name
 * @param present the ones who are there: their names are no dates and no numbers. Default: all
 * @returns given a claim and what was said, the cited segments with their neighbours
 */
export function createFindUnsupported(
  persons: ReadonlySet<string>,
  present: Iterable<string> = persons,
): (claim: string, evidence: string) => string[] {
  const known = createNames(persons);
  const names = createNames(present);
  // "Am Freitag" is a day, even where somebody is called Eva Freitag.
  const plainNames = createNames(present, isDateWord);
  return (rawClaim, rawEvidence) => {
    const [claim, evidence] = [foldLines(rawClaim), foldLines(rawEvidence)];
    const claimed = names.without(claim);
    const said: Said = {
      words: plainNames.without(evidence),
      withoutNames: names.without(evidence),
    };
    const words = [
      ...otherNumbers(claimed, said.words),
      ...DATE_WORDS.flatMap((dates) => otherDates(dates, claimed, said)),
      ...otherDays(claimed, said.words),
      ...otherPersons(known.in(claim), known.in(evidence)),
    ];
    return [...new Set(words)];
  };
}

const foldLines = (text: string): string => text.split('\n').map(foldForComparison).join('\n');

interface Said {
  /** Of the names only those are left that are words for a day, too: they may bear one out. */
  readonly words: string;
  /** What contradicts a day is no name. */
  readonly withoutNames: string;
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
const isDateWord = (word: string): boolean =>
  DATE_WORDS.flat().some((date) => date.exec(word)?.[0] === word);

function otherDates(words: readonly RegExp[], claim: string, said: Said): string[] {
  const evidence = said.words;
  const claimed = words.filter((word) => word.test(claim));
  const missing = claimed.filter((word) => !word.test(evidence));
  if (missing.length === 0) return [];
  const isOther = words.some((word) => word.test(said.withoutNames) && !claimed.includes(word));
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
  [...text.matchAll(DAY)].flatMap(({ 0: words, groups = {} }) => {
    const month = MONTHS.findIndex((word) =>
      word.test(groups['month'] ?? groups['name'] ?? groups['word'] ?? ''),
    );
    const digits = groups['day'] ?? groups['before'] ?? groups['after'] ?? '';
    const day = /^\d+$/u.test(digits) ? Number(digits) : valueOfHan(digits);
    return month === -1 || day === null ? [] : [{ month, day, words }];
  });
const DAY =
  /(?<month>(?:\d{1,2}|[一二三四五六七八九十]{1,2})月)(?<day>\d{1,2}|[一二三四五六七八九十]{1,3})|(?<before>\d{1,2})(?:st|nd|rd|th|er|\.)? (?:of |de )?(?<name>\p{L}{3,10})|(?<word>\p{Lu}\p{L}{2,9}),? (?:the )?(?<after>\d{1,2})(?!\d)/gu;

function otherPersons(claimed: readonly string[], said: readonly string[]): readonly string[] {
  const isOther =
    claimed.every((person) => !said.includes(person)) &&
    said.some((person) => !claimed.includes(person));
  return isOther ? claimed : [];
}
