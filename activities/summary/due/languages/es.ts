import type { Language } from '../language.ts';

const NEXT_WEEK = '(?:próxima semana|semana que viene|semana próxima)';
const NEXT_MONTH = '(?:próximo mes|mes que viene|mes próximo)';
const END = '(?:fin|final|finales)';

export const es: Language = {
  weekStarts: [0, 6],
  spaced: true,
  weekdays: 'lunes, martes, miércoles, jueves, viernes, sábado, domingo',
  months:
    'enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre|setiembre, octubre, noviembre, diciembre',
  numbers: 'una?|primero|1º, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, once, doce',
  before:
    'a más tardar|para|antes del?|hasta|a(?= más| fin| {day})|al|el(?! mañana)|la(?= próx| sem)|como máximo|no más tarde del?',
  after: String.raw`mismo|por la (?:mañana|tarde|noche)|a primera hora|al? mediodía|como máximo|como muy tarde|a las? \d{1,2}(?::\d\d)?`,
  phrases: {
    today: 'hoy|esta (?:tarde|noche)|final del día',
    tomorrow: 'mañana',
    inTwoDays: 'pasado mañana',
    inDays: '(?:en|dentro de) (?!ocho|8 |15 ){count} días?',
    inWeeks: '(?:en|dentro de) {count} semanas?',
    inMonths: '(?:en|dentro de) {count} mes(?:es)?',
    weekday: '{weekday}',
    thisWeekday: 'este {weekday}',
    nextWeekday: 'próximo {weekday}|{weekday} próximo|{weekday} que viene',
    weekdayOfThisWeek: '{weekday} de esta semana',
    weekdayOfNextWeek: `{weekday} de la ${NEXT_WEEK}|la ${NEXT_WEEK},? (?:el )?{weekday}`,
    date: '(?:día )?{day} de {month}(?: del? {year})?|{day}[/.-]{mm}[/.-]{year}',
    dayOfMonth: '(?:el|al|del) (?:día )?{day}|día {day}',
    dayOfThisMonth: '(?:día )?{day} (?:de este|del) mes',
    dayOfNextMonth: `(?:día )?{day} del ${NEXT_MONTH}`,
    endOfWeek: `${END} de (?:la|esta) semana`,
    endOfNextWeek: `${END} de la ${NEXT_WEEK}`,
    endOfMonth: `${END} (?:de|del|de este) mes`,
    endOfNextMonth: `${END} del ${NEXT_MONTH}`,
    endOfNamedMonth: `${END} de {month}(?: del? {year})?`,
    endOfQuarter: `${END} (?:de|del|de este) trimestre`,
    endOfNextQuarter: `${END} del próximo trimestre`,
    endOfYear: `${END} (?:de|del|de este) año`,
    endOfNextYear: `${END} del (?:próximo año|año que viene)`,
  },
};
