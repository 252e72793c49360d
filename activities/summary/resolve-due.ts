import * as chrono from 'chrono-node';
import { foldForComparison } from '../transcript/text.ts';

/**
 * The day (`YYYY-MM-DD`) that a due date spoken on `meetingDate` refers to: "next Friday", "by Friday, March 6",
 * "end of the month", "下周五". Without a meeting date, only words that contain a year have a day. Null if the words
 * mean no single day: "soon", "next week", "after the launch".
 *
 * @param dueText as spoken
 * @param meetingDate ISO date
 * @param language ISO 639-1; English is tried too, for meetings in several languages
 */
export function resolveDue(
  dueText: string | null,
  meetingDate: string | null,
  language: string | null,
): string | null {
  if (dueText === null) return null;
  const text = foldForComparison(dueText);
  const iso = /\b(\d{4}-\d{2}-\d{2})\b/u.exec(text)?.[1];
  if (iso !== undefined) return isDay(iso) ? iso : null;
  if (meetingDate !== null) return dayCountedFrom(meetingDate, text, language);

  // Words that contain a year mean the same day on every meeting date.
  const [day, again] = ['2000-01-03', '2001-07-19'].map((date) =>
    dayCountedFrom(date, text, language),
  );
  return day !== undefined && day === again ? day : null;
}

function dayCountedFrom(meetingDate: string, text: string, language: string | null): string | null {
  const meeting = new Date(`${meetingDate}T12:00:00Z`);
  if (Number.isNaN(meeting.getTime())) return null;
  const counted = periodEnd(text, meeting) ?? countedDay(text, meeting);
  if (counted !== null) return counted;

  const native = language === null ? undefined : PARSERS[language];
  for (const parser of native === undefined ? [ENGLISH] : [native, ENGLISH]) {
    const day = parsedDay(parser, text, meeting);
    if (day !== null) return day;
  }
  return null;
}

type Parser = Pick<chrono.Chrono, 'parse'>;

const ENGLISH: Parser = chrono.en.casual;
const PARSERS: Readonly<Record<string, Parser>> = {
  de: chrono.de.casual,
  fr: chrono.fr.casual,
  es: chrono.es.casual,
  it: chrono.it.casual,
  pt: chrono.pt.casual,
  nl: chrono.nl.casual,
  ja: chrono.ja.casual,
  ru: chrono.ru.casual,
  zh: {
    parse: (text, ...rest) =>
      chrono.zh.hans.casual.parse(
        text.replaceAll('週', '周').replaceAll('後', '后').replaceAll('號', '号'),
        ...rest,
      ),
  },
};

function parsedDay(parser: Parser, text: string, meeting: Date): string | null {
  const results = parser.parse(
    withOrdinals(text),
    { instant: meeting, timezone: 0 },
    { forwardDate: true },
  );
  for (const { start, text: found } of results) {
    // chrono reads "next week" as the day seven days ahead.
    if (BARE_PERIOD.test(found) || !(start.isCertain('day') || start.isCertain('weekday')))
      continue;
    const [year, month, day] = [start.get('year'), start.get('month'), start.get('day')];
    if (year !== null && month !== null && day !== null) return toIso(year, month - 1, day);
  }
  return null;
}
const BARE_PERIOD =
  /^(?:(?:this|next|coming|the) (?:week|month|quarter|year)|(?:diese|nächste|kommende)[a-z]* (?:woche|monat|jahr)|(?:la |le )?(?:semaine|mois) prochaine?|(?:la |el )?(?:próxim[oa] (?:semana|mes)|(?:semana|mes) que viene))$/iu;

/** Turns "March the sixth" and "March six", as a recogniser may write them, into "March 6". */
const withOrdinals = (text: string): string =>
  text
    .replace(new RegExp(`\\b(${MONTHS}) the (?=\\d)`, 'giu'), '$1 ')
    .replace(SPOKEN_DAY, (_, month: string, tens = '', onesAfterTens = '', ones = '') => {
      const day = [tens, onesAfterTens, ones].reduce(
        (sum: number, word: string) =>
          sum + (TENS[word.toLowerCase()] ?? 0) + (ONES[word.toLowerCase()] ?? 0),
        0,
      );
      return `${month} ${day}`;
    });
type WordValues = Readonly<Record<string, number>>;
const TENS: WordValues = { twenty: 20, twentieth: 20, thirty: 30, thirtieth: 30 };
const ONES: WordValues = Object.fromEntries(
  [
    'one first, two second, three third, four fourth, five fifth, six sixth, seven seventh, eight eighth,',
    'nine ninth, ten tenth, eleven eleventh, twelve twelfth, thirteen thirteenth, fourteen fourteenth,',
    'fifteen fifteenth, sixteen sixteenth, seventeen seventeenth, eighteen eighteenth, nineteen nineteenth',
  ]
    .join(' ')
    .split(', ')
    .flatMap((pair, index) => pair.split(' ').map((word) => [word, index + 1] as const)),
);
const anyOf = (words: WordValues): string =>
  Object.keys(words)
    .sort((a, b) => b.length - a.length)
    .join('|');
const MONTHS =
  'January|February|March|April|May|June|July|August|September|October|November|December';
const SPOKEN_DAY = new RegExp(
  String.raw`\b(${MONTHS}),? (?:the )?(?:(?:(${anyOf(TENS)})(?:[ -](${anyOf(ONES)}))?)|(${anyOf(ONES)}))\b`,
  'giu',
);

/** The last day of "end of the month" and the like: chrono reads some of these wrong and some not at all. */
function periodEnd(text: string, meeting: Date): string | null {
  const { year, month, day } = dayOf(meeting);
  const ahead = NEXT.test(text) ? 1 : 0;
  if (END_OF.day.test(text)) return toIso(year, month, day + ahead);
  if (END_OF.week.test(text)) {
    // A week ends on Friday, or on Sunday if the meeting is on the weekend.
    const weekday = meeting.getUTCDay() === 0 ? 7 : meeting.getUTCDay();
    const last = ahead === 0 && weekday > 5 ? 7 : 5;
    return toIso(year, month, day - weekday + last + ahead * 7);
  }
  if (END_OF.month.test(text)) return toIso(year, month + 1 + ahead, 0);
  if (END_OF.quarter.test(text)) return toIso(year, (Math.floor(month / 3) + 1 + ahead) * 3, 0);
  if (END_OF.year.test(text)) return toIso(year + ahead, 11, 31);
  return null;
}

const NEXT = /\bnext\b|\bnächste|\bprochain|\bpróxim|下|明年/iu;
const END_OF = {
  day: /\bend of (?:the )?(?:day|today|business)\b|\b(?:eod|cob)\b|今天(?:下班|之?前|以内)|\bfeierabend\b/iu,
  week: /\bend of (?:this |the |next |the next )?week\b|\beow\b|\bende (?:der |dieser |nächster |der nächsten )?woche\b|\bfin de (?:la )?(?:semaine|semana)\b|\bfinal de (?:la )?semana\b|[本这這下]?[个個]?(?:周|週|星期|礼拜)(?:末|底)/iu,
  month:
    /\bend of (?:this |the |next |the next )?month\b|\beom\b|\b(?:ende|bis ende) (?:des |dieses |nächsten |des nächsten )?monats?\b|\bmonatsende\b|\bfin (?:du|de) mois\b|\b(?:fin|finales) de(?:l)? mes\b|[本这這下]?[个個]?月底|月末/iu,
  quarter:
    /\bend of (?:this |the |next |the next )?quarter\b|\beoq\b|\bquartalsende\b|\bende (?:des |dieses |nächsten )?quartals\b|\bfin du trimestre\b|\bfin del trimestre\b|季度末|季末/iu,
  year: /\bend of (?:this |the |next |the next )?year\b|\beoy\b|\bjahresende\b|\bende (?:des |dieses |nächsten )?jahres\b|\bfin de (?:l['’])?année\b|\bfin de(?:l)? año\b|年底|年末/iu,
};

const dayOf = (date: Date) => ({
  year: date.getUTCFullYear(),
  month: date.getUTCMonth(),
  day: date.getUTCDate(),
});

/** Counted or numbered days that chrono misses. */
function countedDay(text: string, meeting: Date): string | null {
  const { year, month, day } = dayOf(meeting);
  if (/\bday after tomorrow\b|大后天|大後天/iu.test(text)) {
    return toIso(year, month, day + (/大/u.test(text) ? 3 : 2));
  }
  const weeks =
    /([一二两兩三四五六七八九十]|\d{1,2})[个個]?(?:周|週|星期|礼拜)(?:之?[后後]|以?内)/u.exec(
      text,
    )?.[1];
  if (weeks !== undefined) return toIso(year, month, day + 7 * (chineseNumber(weeks) ?? 0));

  // "By the 6th", "十五号之前": in this month, or in the next if it has passed. chrono reads names of months.
  const ordinal =
    /^(?:(?:by|on|until|before|till) )?(?:the |(?:mon|tues|wednes|thurs|fri|satur|sun)day,? the )(\d{1,2})(?:st|nd|rd|th)$/iu.exec(
      text,
    )?.[1] ??
    /(?<![月\d一二三四五六七八九十])([一二三四五六七八九十]{1,3}|\d{1,2})(?:号|號)/u.exec(
      text,
    )?.[1];
  const number = ordinal === undefined ? null : chineseNumber(ordinal);
  if (number === null || number < 1 || number > 31) return null;
  const numbered = toIso(year, month + (number < day ? 1 : 0), number);
  return Number(numbered.slice(-2)) === number ? numbered : null;
}

/** 1 to 99 in digits or in Chinese; null for anything else. */
function chineseNumber(words: string): number | null {
  if (/^\d+$/u.test(words)) return Number(words);
  const digit = (character: string): number =>
    '零一二三四五六七八九'.indexOf(character.replace(/[两兩]/u, '二'));
  const [tens, ones] = words.includes('十') ? words.split('十') : ['零', words];
  const value = (tens === '' ? 1 : digit(tens ?? '')) * 10 + (ones === '' ? 0 : digit(ones ?? ''));
  return value > 0 ? value : null;
}

const toIso = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

const isDay = (iso: string): boolean => {
  const time = Date.parse(`${iso}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso);
};
