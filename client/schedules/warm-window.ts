import { DAYS_OF_WEEK, type DayOfWeek, type ScheduleSpec } from '@temporalio/client';
import { InvalidOptionError } from '../config.ts';

/** When targets are kept warm. */
export interface WarmWindow {
  readonly everyMinutes: number;
  /** From this hour of the day … */
  readonly fromHour: number;
  /** … up to, not including, this one. */
  readonly toHour: number;
  readonly days: readonly DayOfWeek[];
  /** IANA name. */
  readonly timeZone: string;
}

export interface TypedWarmWindow {
  readonly every: string;
  readonly hours: string;
  readonly days: string;
  /** Default: this machine's. */
  readonly timeZone?: string;
}

/** `--every 4m --hours 7-20 --days MON-FRI --time-zone Europe/Berlin`. Throws `InvalidOptionError`. */
export function parseWarmWindow(typed: TypedWarmWindow): WarmWindow {
  const everyMinutes = Number(/^(\d{1,2})m$/.exec(typed.every)?.[1]);
  if (!(everyMinutes >= 1 && everyMinutes <= 59)) {
    throw new InvalidOptionError('--every takes whole minutes from 1m to 59m, such as 4m');
  }
  const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(typed.hours) ?? [];
  const [fromHour, toHour] = [Number(from), Number(to)];
  if (!(fromHour < toHour && toHour <= 24)) {
    throw new InvalidOptionError('--hours takes two hours of one day, such as 7-20 or 0-24');
  }
  return {
    everyMinutes,
    fromHour,
    toHour,
    days: parseDays(typed.days),
    timeZone: parseTimeZone(typed.timeZone),
  };
}

/**
 * The schedule for Temporal: every so many minutes, but for the other hours and days. A calendar of the window's own
 * hours would be wrong in the night in which the clocks go back: east of Greenwich the server (1.29) leaves out the first
 * of the two equal hours, and counts minutes from it into the hour behind the window. Intervals know no time zone, and
 * whether a moment is left out is asked of that moment.
 */
export function warmSpec({ everyMinutes, fromHour, toHour, days, timeZone }: WarmWindow) {
  const hours = [
    { start: 0, end: fromHour - 1 },
    { start: toHour, end: 23 },
  ].filter(({ start, end }) => start <= end);
  const otherDays = DAYS_OF_WEEK.filter((day) => !days.includes(day));
  return {
    intervals: [{ every: `${everyMinutes} minutes` }],
    skip: [
      ...(hours.length === 0 ? [] : [{ second: '*', minute: '*', hour: hours } as const]),
      ...(otherDays.length === 0
        ? []
        : [{ second: '*', minute: '*', hour: '*', dayOfWeek: otherDays } as const]),
    ],
    timezone: timeZone,
    jitter: '20 seconds', // so that several targets do not start at the same moment
  } satisfies ScheduleSpec;
}

/** At most as many calls of one target, when no real traffic makes them unnecessary. */
export function warmCalls({ everyMinutes, fromHour, toHour, days }: WarmWindow) {
  const within = (hours: number) => Math.ceil((60 * hours) / everyMinutes);
  const aDay = within(toHour - fromHour);
  return { anHour: within(1), aDay, aWeek: aDay * days.length };
}

/** Parses `MON-FRI`, `SAT-MON`, `MON,WED`. Returns the days in the order of Temporal's week, which begins on Sunday. */
function parseDays(text: string): DayOfWeek[] {
  const wanted = new Set<DayOfWeek>();
  for (const part of text.toUpperCase().split(',')) {
    const [first = -1, last = first, ...rest] = part.split('-').map(dayIndex);
    if (first < 0 || last < 0 || rest.length > 0) {
      throw new InvalidOptionError('--days takes days of the week, such as MON-FRI or MON,WED,FRI');
    }
    for (let day = first; ; day = (day + 1) % 7) {
      const name = DAYS_OF_WEEK[day];
      if (name !== undefined) wanted.add(name);
      if (day === last) break;
    }
  }
  return DAYS_OF_WEEK.filter((day) => wanted.has(day));
}

const dayIndex = (name: string): number =>
  DAYS_OF_WEEK.findIndex((day) => day.slice(0, 3) === name.trim() || day === name.trim());

function parseTimeZone(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidOptionError(
      `--time-zone ${JSON.stringify(name)} is unknown: it takes an IANA name, such as Europe/Berlin or UTC`,
    );
  }
}
