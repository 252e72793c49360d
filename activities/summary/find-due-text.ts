/**
 * The deadline in a sentence, verbatim: "by Friday, March 6", "下周五之前". Of several, one with "by" or "before" is
 * preferred, then the last. Null: none.
 */
export function findDueText(sentence: string): string | null {
  let end = 0;
  const found = [...sentence.matchAll(DUE)].flatMap(({ 0: text, index }) => {
    // "Friday in two weeks" is one date.
    if (index < end) return [];
    const [before = ''] = MOVES_BEFORE.exec(sentence.slice(0, index)) ?? [];
    const [after = ''] = MOVES_AFTER.exec(sentence.slice(index + text.length)) ?? [];
    end = index + text.length + after.length;
    return [`${before}${text}${after}`.trim()];
  });
  const deadlines = found.filter((text) => DEADLINE.test(text));
  return deadlines.at(-1) ?? found.at(-1) ?? null;
}

/** Words beside a day that make it another day or none: without them "last Friday" would be a deadline. */
const MOVES_BEFORE = new RegExp(
  [
    String.raw`(?<![\p{L}])(?:last|past|after|since|every|each|around|about|not|nach|seit|ab|jeden|letzten|vergangenen|übernächsten|après|depuis|dès|chaque|desde|cada) (?:the )?$`,
    String.raw`(?<![\p{L}])(?:\p{L}+|\d+) (?:days?|weeks?) (?:(?:from|on|after|before) )?$`,
    String.raw`(?<![\p{L}])(?:next week|semana que viene|próxima semana),? $`,
    String.raw`(?<![\p{L}])(?:(?:(?:über)?nächste|kommende|diese) woche|semaine prochaine,?) $`,
    '[上每下几幾两兩一二三四五六七八九]$',
  ].join('|'),
  'iu',
);
const MOVES_AFTER =
  /^(?: weeks?(?![\p{L}])| after next| next week| in \p{L}+ wochen?| (?:der )?(?:(?:über)?nächste[nr]|kommende[nr]|dieser) woche| de la semaine prochaine| prochaine?| derni[eè]re?| en huit| pasado| próximo| que viene| de la (?:próxima semana|semana que viene)|之?[后後]|以[后後])/iu;

const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|March|Mar|April|Apr|May|June|Jun|July|Jul|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
const ORDINAL_WORD =
  '(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)';
const CARDINAL_WORD =
  '(?:(?:twenty|thirty)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)';
const ORDINAL = String.raw`(?:\d{1,2}(?:st|nd|rd|th)|${ORDINAL_WORD})`;
const DAY_OF_MONTH = [
  String.raw`${MONTH},? (?:the )?(?:\d{1,2}(?:st|nd|rd|th)?|${ORDINAL_WORD}|${CARDINAL_WORD})(?:,? \d{4})?`,
  String.raw`(?:the )?(?:\d{1,2}|${ORDINAL}) (?:of )?${MONTH}(?:,? \d{4})?`,
].join('|');
const WEEKDAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const ENGLISH_DATE = [
  String.raw`(?:(?:next|this|coming) )?${WEEKDAY}(?: (?:next|this) week|,? (?:${DAY_OF_MONTH}|the ${ORDINAL}))?(?: (?:morning|afternoon|evening|noon))?`,
  DAY_OF_MONTH,
  String.raw`\d{4}-\d{2}-\d{2}`,
  'the day after tomorrow|tomorrow(?: (?:morning|afternoon|evening))?|tonight|today',
  String.raw`(?:the )?end of (?:the |this |next |the next )?(?:day|week|month|quarter|year|business|${MONTH})`,
  'next (?:week|month|quarter|year)',
  String.raw`(?:in|within) (?:the next )?(?:an?|\d{1,2}|${CARDINAL_WORD}|a few|a couple of) (?:days?|weeks?|months?)`,
  String.raw`the \d{1,2}(?:st|nd|rd|th)`,
].join('|');

const GERMAN_DATE = [
  String.raw`(?:nächsten |kommenden |diesen )?(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|(?:nächsten |kommenden |diesen )?Mittwoch`,
  String.raw`\d{1,2}\. (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)`,
  'übermorgen|morgen|heute|(?:zum )?Ende (?:der|dieser|nächster|des|dieses|nächsten) (?:Woche|Monats|Quartals|Jahres)|Monatsende|nächste Woche|in (?:einer|zwei|drei|vier) Wochen?',
].join('|');
const FRENCH_DATE = [
  '(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?: prochain)?',
  String.raw`(?:le )?\d{1,2}(?:er)? (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)`,
  "demain|aujourd['’]hui|(?:la )?fin (?:du mois|de la semaine|de semaine)|la semaine prochaine",
].join('|');
const SPANISH_DATE = [
  '(?:el )?(?:próximo )?(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)',
  String.raw`(?:el )?\d{1,2} de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)`,
  'pasado mañana|mañana|hoy|(?:la )?fin(?:ales)? de(?:l)? (?:mes|semana)|la próxima semana',
].join('|');
const CHINESE_NUMBER = String.raw`(?:\d{1,2}|[一二三四五六七八九十]{1,3})`;
/** As a regular expression. */
export const CHINESE_DATE = [
  `${CHINESE_NUMBER}月${CHINESE_NUMBER}[日号號]?`,
  `(?:[本这這下]个?個?)?(?:周|週|星期|礼拜)[一二三四五六日天末]`,
  `大?[后後]天|明天|今天|今晚|明晚|(?:[本这這下][个個]?|${CHINESE_NUMBER})?月[底末]|(?:今|明)?年底|季度末|下[个個]?(?:周|週|星期|礼拜|月)`,
  `(?:\\d{1,2}|[一二两兩三四五六七八九十])[个個]?(?:天|日|周|週|星期|月)(?:之?[内內后後]|以[内內])`,
  `${CHINESE_NUMBER}[号號]`,
].join('|');

const DUE = new RegExp(
  [
    String.raw`\b(?:(?:by|before|until|till|no later than|not later than|on|due|from) )?(?:${ENGLISH_DATE})\b`,
    String.raw`(?<![\p{L}])(?:(?:bis|vor|spätestens|am|zum)(?: zum| zur| am)? )?(?:${GERMAN_DATE})(?![\p{L}])`,
    String.raw`(?<![\p{L}])(?:(?:avant|pour|d['’]ici(?: à)?|au plus tard|jusqu['’]à) )?(?:${FRENCH_DATE})(?![\p{L}])`,
    String.raw`(?<![\p{L}])(?:(?:para|antes de|antes del|hasta|a) )?(?:${SPANISH_DATE})(?![\p{L}])`,
    String.raw`在?(?:${CHINESE_DATE})(?:上午|下午|中午|晚上)?(?:之?前|以前|前)?`,
  ].join('|'),
  'giu',
);
const DEADLINE =
  /^(?:by|before|until|till|no later|not later|due|bis|vor|spätestens|avant|pour|d['’]ici|au plus tard|para|antes)\b|前$/iu;

/** True if the sentence says by when, and not only when: "by Friday", "周五之前". */
export const hasDeadline = (sentence: string): boolean => BY.test(findDueText(sentence) ?? '');
const BY = /^(?:by|before|no later|not later|bis|avant|antes)\b|前$/iu;
