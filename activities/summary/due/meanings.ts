/**
 * What a phrase says and when. Days are counted from 1970-01-01; weekdays are 0 (Monday) to 6, months 0 to 11. What is
 * unknown or was not said is NaN, and so is every day that is counted from it.
 */
interface Said {
  /** The day of the meeting. */
  readonly today: number;
  /** The days that begin a week for speakers of the language. */
  readonly weekStarts: readonly number[];
  /** True if "next Friday" is always the one of next week; false if it may also be the one that comes first. */
  readonly nextIsNextWeek: boolean;
  readonly weekday: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
  readonly count: number;
}

export type Meaning = (said: Said) => number;

/** The day that each kind of phrase means; NaN: none, or not the same day to everybody. */
export const MEANINGS = {
  today: ({ today }) => today,
  tomorrow: ({ today }) => today + 1,
  inTwoDays: ({ today }) => today + 2,
  inThreeDays: ({ today }) => today + 3,
  inDays: ({ today, count }) => today + count,
  inWeeks: ({ today, count }) => today + 7 * count,
  inMonths: (said) => inMonth(said, said.count, dateOf(said.today).getUTCDate()),

  weekday: (said) => first(said),
  comingWeekday: (said) => coming(said),
  thisWeekday: (said) => (weekdayOf(said.today) < said.weekday ? coming(said) : NaN),
  nextWeekday: (said) => next(said, said.nextIsNextWeek),
  weekdayAfterNext: (said) => next(said, false) + 7,
  weekdayOfThisWeek: (said) => ofWeek(said, 0),
  weekdayOfNextWeek: (said) => ofWeek(said, 1),
  weekdayOfWeekAfterNext: (said) => ofWeek(said, 2),
  weekAfterWeekday: (said) => first(said) + 7,
  weeksAfterWeekday: (said) => first(said) + 7 * said.count,

  date: (said) => inYear(said, (year) => dayIn(year, said.month, said.day)),
  dateInThisYear: (said) => dayIn(yearOf(said.today), said.month, said.day),
  dateInNextYear: (said) => dayIn(yearOf(said.today) + 1, said.month, said.day),
  /** Month and day in either order: `day` and `count`. */
  dateInEitherOrder: ({ year, day, count }) =>
    agreed([dayIn(year, count - 1, day), dayIn(year, day - 1, count)].filter((found) => found > 0)),
  dayOfMonth: (said) => inMonth(said, said.day < dateOf(said.today).getUTCDate() ? 1 : 0, said.day),
  dayOfThisMonth: (said) => inMonth(said, 0, said.day),
  dayOfNextMonth: (said) => inMonth(said, 1, said.day),

  // The week ends on Friday. On a weekend "the end of the week" may be today or in a week.
  endOfWeek: (said) => ofWeek({ ...said, weekday: FRIDAY }, 0),
  endOfNextWeek: (said) => ofWeek({ ...said, weekday: FRIDAY }, 1),
  endOfMonth: ({ today }) => lastDay(yearOf(today), monthOf(today)),
  endOfNextMonth: ({ today }) => lastDay(yearOf(today), monthOf(today) + 1),
  endOfNamedMonth: (said) => inYear(said, (year) => lastDay(year, said.month)),
  endOfQuarter: ({ today }) => lastDay(yearOf(today), monthOf(today) - (monthOf(today) % 3) + 2),
  endOfNextQuarter: ({ today }) =>
    lastDay(yearOf(today), monthOf(today) - (monthOf(today) % 3) + 5),
  endOfYear: ({ today }) => lastDay(yearOf(today), 11),
  endOfNextYear: ({ today }) => lastDay(yearOf(today) + 1, 11),
} as const satisfies Record<string, Meaning>;

const FRIDAY = 4;
const DAY_MS = 86_400_000;
const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor;

const dateOf = (day: number): Date => new Date(day * DAY_MS);
const yearOf = (day: number): number => dateOf(day).getUTCFullYear();
const monthOf = (day: number): number => dateOf(day).getUTCMonth();

/** 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => modulo(day + 3, 7);

/** NaN if there is no such day: February 30. */
function dayIn(year: number, month: number, day: number): number {
  const found = Date.UTC(year, month, day) / DAY_MS;
  return monthOf(found) === month && dateOf(found).getUTCDate() === day ? found : NaN;
}

const lastDay = (year: number, month: number): number => Date.UTC(year, month + 1, 0) / DAY_MS;

/** In the month that is so many months ahead. */
function inMonth({ today }: Said, ahead: number, day: number): number {
  const month = monthOf(today) + ahead;
  return dayIn(yearOf(today) + Math.floor(month / 12), month % 12, day);
}

/** In the year that was said, else in the first that makes it a day to come; NaN for a day of the past month. */
function inYear({ today, year }: Said, dayOf: (year: number) => number): number {
  if (!Number.isNaN(year)) return dayOf(year);
  const thisYear = dayOf(yearOf(today));
  if (thisYear >= today) return thisYear;
  return today - thisYear <= 31 ? NaN : dayOf(yearOf(today) + 1);
}

/** The first such weekday after today. */
const coming = ({ today, weekday }: Said): number =>
  today + modulo(weekday - weekdayOf(today) - 1, 7) + 1;

/** On a Friday, "Friday" may be today or in a week. */
const first = (said: Said): number => (weekdayOf(said.today) === said.weekday ? NaN : coming(said));

const ofWeek = ({ today, weekday, weekStarts }: Said, ahead: number): number =>
  agreed(
    weekStarts.map(
      (start) =>
        today - modulo(weekdayOf(today) - start, 7) + 7 * ahead + modulo(weekday - start, 7),
    ),
  );

const next = (said: Said, isNextWeek: boolean): number =>
  isNextWeek ? ofWeek(said, 1) : agreed([coming(said), ofWeek(said, 1)]);

const agreed = (days: readonly number[]): number =>
  new Set(days).size === 1 ? (days[0] ?? NaN) : NaN;
