import type { Language } from '../language.ts';

const NEXT_WEEK = '(?:prossima settimana|settimana prossima)';
const NEXT_MONTH = '(?:prossimo mese|mese prossimo)';

export const it: Language = {
  weekStarts: [0],
  spaced: true,
  weekdays: 'lunedì, martedì, mercoledì, giovedì, venerdì, sabato, domenica',
  months:
    'gennaio, febbraio, marzo, aprile, maggio, giugno, luglio, agosto, settembre, ottobre, novembre, dicembre',
  numbers:
    'un[ao]?|primo|1º, due, tre, quattro, cinque, sei, sette, otto, nove, dieci, undici, dodici',
  before:
    'entro|e non oltre|non oltre|per|prima di|prima del|prima della|fino a|il|l|la(?= fine| pross)|a(?= fine)|di|al più tardi',
  after: String.raw`mattina|pomeriggio|sera|a mezzogiorno|al più tardi|in mattinata|in giornata|alle \d{1,2}(?::\d\d)?`,
  phrases: {
    today: 'oggi|stasera|questa sera|questo pomeriggio|fine (?:della )?giornata',
    tomorrow: 'domani',
    inTwoDays: 'dopo ?domani',
    inDays: '(?:fra|tra|entro|in) (?!otto|8 |15 ){count} giorn[io]',
    inWeeks: '(?:fra|tra|entro|in) {count} settiman[ae]',
    inMonths: '(?:fra|tra|entro|in) {count} mes[ei]',
    weekday: '{weekday}',
    thisWeekday: 'quest[ao] {weekday}',
    nextWeekday: 'prossim[ao] {weekday}|{weekday} prossim[ao]',
    weekdayOfThisWeek: '{weekday} di questa settimana',
    weekdayOfNextWeek: `{weekday} della ${NEXT_WEEK}|(?:la )?${NEXT_WEEK},? (?:di )?{weekday}`,
    weekAfterWeekday: '{weekday} (?:fra|tra) una settimana',
    date: '{day} {month}(?: (?:del )?{year})?|{day}[/.-]{mm}[/.-]{year}',
    dayOfMonth: "(?:il|l') {day}",
    dayOfThisMonth: "(?:il|l') {day} (?:del|di questo) mese",
    dayOfNextMonth: `(?:il|l') {day} del ${NEXT_MONTH}`,
    endOfWeek: 'fine (?:della|di questa) settimana',
    endOfNextWeek: `fine della ${NEXT_WEEK}`,
    endOfMonth: 'fine (?:del |di questo )?mese',
    endOfNextMonth: `fine (?:del )?${NEXT_MONTH}`,
    endOfNamedMonth: 'fine (?:di )?{month}(?: {year})?',
    endOfQuarter: 'fine (?:del |di questo )?trimestre',
    endOfNextQuarter: 'fine del (?:prossimo trimestre|trimestre prossimo)',
    endOfYear: "fine (?:dell'|di quest')?anno",
    endOfNextYear: "fine (?:del prossimo anno|dell'anno prossimo)",
  },
};
