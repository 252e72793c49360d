import type { Language } from '../language.ts';

const NEXT_WEEK = '(?:semaine prochaine|semaine qui vient|prochaine semaine)';
const NEXT_MONTH = '(?:mois prochain|mois qui vient|prochain mois)';

export const fr: Language = {
  weekStarts: [0],
  spaced: true,
  weekdays: 'lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche',
  months:
    'janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre, décembre',
  numbers: 'une?|premier, deux, trois, quatre, cinq, six, sept, huit, neuf, dix, onze, douze',
  before:
    "au plus tard|avant|pour|le|la(?= fin)|au|à|en(?= fin)|d'ici|jusqu'(?:à|au)|dès(?= demain)",
  after: String.raw`matin|midi|après-midi|soir|au plus tard|à midi|(?:à )?\d{1,2} ?h(?:eures)?(?: ?\d\d)?|dans la (?:matinée|journée|soirée)|en fin de journée`,
  phrases: {
    today: "aujourd'hui|ce soir|cet après-midi|fin de (?:la )?journée",
    tomorrow: 'demain',
    inTwoDays: 'après[- ]demain',
    inDays: "(?:dans|sous|d'ici) (?!huit|8 |15 ){count} jours?",
    inWeeks: "(?:dans|sous|d'ici) {count} semaines?",
    inMonths: "(?:dans|sous|d'ici) {count} mois",
    weekday: '{weekday}',
    thisWeekday: 'ce {weekday}',
    nextWeekday: '{weekday} prochain|prochain {weekday}|{weekday} qui vient',
    weekdayOfThisWeek: '{weekday} (?:de )?cette semaine|cette semaine,? {weekday}',
    weekdayOfNextWeek: `{weekday} (?:de )?la ${NEXT_WEEK}|la ${NEXT_WEEK},? (?:le )?{weekday}`,
    weekAfterWeekday: '{weekday} en huit|{weekday} dans une semaine',
    date: '{day}(?:er)? {month}(?: {year})?|{day}[/.]{mm}[/.]{year}',
    dayOfMonth: '(?:le|au) {day}(?:er)?',
    dayOfThisMonth: '(?:le|au) {day}(?:er)? (?:du|de ce) mois',
    dayOfNextMonth: `(?:le|au) {day}(?:er)? du ${NEXT_MONTH}`,
    endOfWeek: 'fin de (?:la|cette) semaine',
    endOfNextWeek: `fin de la ${NEXT_WEEK}`,
    endOfMonth: 'fin (?:du|de|de ce) mois',
    endOfNextMonth: `fin du ${NEXT_MONTH}`,
    endOfNamedMonth: "fin (?:du mois )?(?:de |d')?{month}(?: {year})?",
    endOfQuarter: 'fin (?:du|de|de ce) trimestre',
    endOfNextQuarter: 'fin du (?:trimestre prochain|prochain trimestre)',
    endOfYear: "fin (?:de l'|d'|de cette )année",
    endOfNextYear: "fin (?:de l')année prochaine",
  },
};
