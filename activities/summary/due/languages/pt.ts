import type { Language } from '../language.ts';

const NEXT_WEEK = '(?:próxima semana|semana que vem|semana próxima)';
const NEXT_MONTH = '(?:próximo mês|mês que vem)';
const END = '(?:fim|final|fins|finais)';

export const pt: Language = {
  weekStarts: [0, 6],
  spaced: true,
  weekdays:
    'segunda(?:[- ]feira)?, terça(?:[- ]feira)?, quarta(?:[- ]feira)?, quinta(?:[- ]feira)?, sexta(?:[- ]feira)?, sábado, domingo',
  months:
    'janeiro, fevereiro, março, abril, maio, junho, julho, agosto, setembro, outubro, novembro, dezembro',
  numbers:
    'uma?|primeiro|1º, dois|duas, três, quatro, cinco, seis, sete, oito, nove, dez, onze, doze',
  before:
    'no máximo|o mais tardar|até|para|antes d[aeo]|na|no|ao?|o(?= dia| {day}| fim| final)|a(?= próx)|em(?= {day})',
  after: String.raw`mesmo|de manhã|pela manhã|à tarde|de tarde|à noite|ao meio-dia|no máximo|o mais tardar|às \d{1,2}(?:h|:\d\d)?`,
  phrases: {
    today: 'hoje|esta (?:tarde|noite)|(?:fim|final) do dia',
    tomorrow: 'amanhã',
    inTwoDays: 'depois de amanhã',
    inDays: '(?:em|dentro de|daqui a) (?!oito|8 |15 ){count} dias?',
    inWeeks: '(?:em|dentro de|daqui a) {count} semanas?',
    inMonths: '(?:em|dentro de|daqui a) {count} m[eê]s(?:es)?',
    weekday: '{weekday}',
    thisWeekday: 'n?est[ae] {weekday}',
    nextWeekday: 'próxim[ao] {weekday}|{weekday} próxim[ao]|{weekday} que vem',
    weekdayOfThisWeek: '{weekday} de(?:st|ss)a semana',
    weekdayOfNextWeek: `{weekday} da ${NEXT_WEEK}|(?:na )?${NEXT_WEEK},? (?:na |no )?{weekday}`,
    date: '(?:dia )?{day} de {month}(?: de {year})?|{day}[/.-]{mm}[/.-]{year}',
    dayOfMonth: 'dia {day}',
    dayOfThisMonth: 'dia {day} de(?:st|ss)e mês',
    dayOfNextMonth: `dia {day} do ${NEXT_MONTH}`,
    endOfWeek: `${END} d(?:a|esta|essa) semana`,
    endOfNextWeek: `${END} da ${NEXT_WEEK}`,
    endOfMonth: `${END} d(?:o|este|esse) mês`,
    endOfNextMonth: `${END} do ${NEXT_MONTH}`,
    endOfNamedMonth: `${END} de {month}(?: de {year})?`,
    endOfQuarter: `${END} d(?:o|este|esse) trimestre`,
    endOfNextQuarter: `${END} do próximo trimestre`,
    endOfYear: `${END} d(?:o|este|esse|e) ano`,
    endOfNextYear: `${END} do (?:próximo ano|ano que vem)`,
  },
};
