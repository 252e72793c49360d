import type { Language } from '../language.ts';

const THIS = '(?:der|dieser|des|dieses)';
const NEXT = '(?:der |des )?(?:nächste[nr]|kommende[nr])';

export const de: Language = {
  weekStarts: [0],
  nextIsNextWeek: true,
  spaced: true,
  weekdays: 'montag, dienstag, mittwoch, donnerstag, freitag, samstag|sonnabend, sonntag',
  months:
    'januar, februar, märz, april, mai, juni, juli, august, september, oktober, november, dezember',
  numbers: 'eine[mnr]?, zwei, drei, vier, fünf, sechs, sieben, acht, neun, zehn, elf, zwölf',
  ordinals:
    'ersten?, zweiten?, dritten?, vierten?, fünften?, sechsten?, siebten?, achten?, neunten?, zehnten?, elften?, zwölften?',
  // "am Morgen" is a time of day, "morgen" a day.
  before: 'bis|(?:zum|am|dem|den|der)(?! morgen)|zur|vor|an|noch|gleich|spätestens|fällig',
  after: String.raw`früh|morgen|vormittag|mittag|nachmittag|abend|noch|spätestens|feierabend|um \d{1,2}(?:[:.]\d\d)? uhr|\d{1,2} uhr`,
  phrases: {
    today: 'heute|feierabend|ende des tages',
    tomorrow: 'morgen',
    inTwoDays: 'übermorgen',
    inDays: '(?:heute in|in|innerhalb von|binnen) (?!acht|8 ){count} tag(?:en?)?',
    inWeeks: '(?:in|innerhalb von|binnen|heute in) {count} wochen?',
    inMonths: '(?:in|innerhalb von|binnen) {count} monat(?:en?)?',
    weekday: '{weekday}',
    comingWeekday: 'kommende[nr] {weekday}',
    thisWeekday: 'diese[nrm] {weekday}',
    nextWeekday: 'nächste[nrm] {weekday}',
    weekdayAfterNext: 'übernächste[nrm] {weekday}',
    weekdayOfThisWeek: '{weekday} dieser woche|diese woche,? (?:am )?{weekday}',
    weekdayOfNextWeek: `{weekday} (?:in )?${NEXT} woche|(?:nächste|kommende) woche,? (?:am )?{weekday}`,
    weekdayOfWeekAfterNext:
      '{weekday} (?:in )?(?:der )?übernächste[nr] woche|übernächste woche,? (?:am )?{weekday}',
    weekAfterWeekday: '{weekday} in einer woche',
    date: '{day}[.]? ?{month}(?: {year})?|{day}[.] ?{mm}[.](?: ?{year})?',
    dayOfMonth: '(?:am|zum|dem|den) {day}[.]',
    dayOfThisMonth: '{day}[.] (?:des|dieses) monats',
    dayOfNextMonth: `{day}[.] ${NEXT} monats`,
    endOfWeek: `ende ${THIS} woche`,
    endOfNextWeek: `ende ${NEXT} woche`,
    endOfMonth: `ende (?:${THIS} )?monats|monatsende`,
    endOfNextMonth: `ende ${NEXT} monats`,
    endOfNamedMonth: 'ende {month}(?: {year})?',
    endOfQuarter: `ende ${THIS} quartals|quartalsende`,
    endOfNextQuarter: `ende ${NEXT} quartals`,
    endOfYear: `ende ${THIS} jahres|jahresende`,
    endOfNextYear: `ende ${NEXT} jahres`,
  },
};
