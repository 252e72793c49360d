import type { Language } from '../language.ts';

const PART = 'morning|afternoon|evening|night|noon|midday';
const END_OF_DAY =
  'eod|cob|eob|end of (?:the )?(?:business )?day|(?:close|end) of (?:business|play)';
const TIME = String.raw`(?:at )?\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m\.|p\.m\.)|at \d{1,2}(?::\d\d)?`;

export const en: Language = {
  weekStarts: [0, 6],
  nextIsNextWeek: true,
  spaced: true,
  weekdays:
    'mon(?:day)?, tue(?:s|sday)?, wed(?:nesday)?, thu(?:rs|rsday)?, fri(?:day)?, sat(?:urday)?, sun(?:day)?',
  months:
    'jan(?:uary)?, feb(?:ruary)?, mar(?:ch)?, apr(?:il)?, may, june?, july?, aug(?:ust)?, sept?(?:ember)?, oct(?:ober)?, nov(?:ember)?, dec(?:ember)?',
  numbers:
    'an?|one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty',
  ordinals:
    'first|one, second|two, third|three, fourth|four, fifth|five, sixth|six, seventh|seven, eighth?, ninth|nine, tenth|ten, eleven(?:th)?, twelfth|twelve, thirteen(?:th)?, fourteen(?:th)?, fifteen(?:th)?, sixteen(?:th)?, seventeen(?:th)?, eighteen(?:th)?, nineteen(?:th)?, twentieth|twenty, twenty[- ](?:first|one), twenty[- ](?:second|two), twenty[- ](?:third|three), twenty[- ]four(?:th)?, twenty[- ](?:fifth|five), twenty[- ]six(?:th)?, twenty[- ]seven(?:th)?, twenty[- ]eighth?, twenty[- ](?:ninth|nine), thirtieth|thirty, thirty[- ](?:first|one)',
  before: `${TIME}|at the latest|on or before|by|on|before|until|till?|due|for|at|(?:no|not) later than|early|late|later|first thing|the(?= end| close| day| coming| {day})|(?:${END_OF_DAY}|${PART})(?: on| of)?`,
  after: `(?:in the |at )?(?:${PART})|${END_OF_DAY}|${TIME}|(?:by|at) (?:the )?(?:${END_OF_DAY})|(?:at )?the latest|first thing|please`,
  phrases: {
    today: `today|tonight|this (?:afternoon|evening)|end of today|${END_OF_DAY}`,
    tomorrow: 'tomorrow',
    inTwoDays: 'day after tomorrow',
    inDays: "(?:in|within) (?:the next )?{count} days?(?:' time)?|{count} days? from (?:now|today)",
    inWeeks:
      "(?:in|within) (?:the next )?{count} weeks?(?:' time)?|{count} weeks? from (?:now|today)",
    inMonths: '(?:in|within) (?:the next )?{count} months?|{count} months? from (?:now|today)',
    weekday: '{weekday}',
    comingWeekday: '(?:this )?(?:coming|upcoming) {weekday}',
    thisWeekday: 'this {weekday}',
    nextWeekday: 'next {weekday}',
    weekdayAfterNext: '(?:the )?{weekday} after next',
    weekdayOfThisWeek: '{weekday} (?:of )?this week|this week,? (?:on )?{weekday}',
    weekdayOfNextWeek: '{weekday},? (?:of |in )?next week|next week,? (?:on )?{weekday}',
    weekdayOfWeekAfterNext:
      '{weekday} (?:of |in )?the week after next|the week after next,? (?:on )?{weekday}',
    weekAfterWeekday: '{weekday} week',
    weeksAfterWeekday: '{count} weeks? (?:(?:from|on|after|this) )?{weekday}',
    date: '{month}[.]?,? (?:the )?{day}(?:st|nd|rd|th)?(?:,? {year})?|{day}(?:st|nd|rd|th)? (?:of )?{month}[.]?(?:,? {year})?',
    dateInEitherOrder: '{count}/{day}/{year}',
    dayOfMonth: '(?:the )?{day}(?:st|nd|rd|th)',
    dayOfThisMonth: '(?:the )?{day}(?:st|nd|rd|th)? of (?:the|this) month',
    dayOfNextMonth: '(?:the )?{day}(?:st|nd|rd|th)? of next month',
    endOfWeek: 'end of (?:the |this )?week|eow',
    endOfNextWeek: 'end of (?:the )?next week',
    endOfMonth: 'end of (?:the |this )?month|month[- ]end|eom',
    endOfNextMonth: 'end of (?:the )?next month',
    endOfNamedMonth: 'end of {month}(?:,? {year})?',
    endOfQuarter: 'end of (?:the |this )?quarter|eoq',
    endOfNextQuarter: 'end of (?:the )?next quarter',
    endOfYear: 'end of (?:the |this )?year|year[- ]end|eoy',
    endOfNextYear: 'end of (?:the )?next year',
  },
};
