import { expect, test } from 'vitest';
import { InvalidOptionError } from '../../../client/config.ts';
import { parseWarmWindow, warmCalls, warmSpec } from '../../../client/schedules/warm-window.ts';

const parse = (typed: Partial<Parameters<typeof parseWarmWindow>[0]> = {}) =>
  parseWarmWindow({ every: '4m', hours: '7-20', days: 'MON-FRI', timeZone: 'UTC', ...typed });

test('the usual window: every 4 minutes from 7 up to 20 on five days', () => {
  expect(warmCalls(parse())).toEqual({ anHour: 15, aDay: 195, aWeek: 975 });
  expect(warmSpec(parse())).toMatchObject({
    calendars: [
      {
        minute: { start: 0, end: 59, step: 4 },
        hour: { start: 7, end: 19 },
        dayOfWeek: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'],
      },
    ],
    timezone: 'UTC',
  });
});

test.each([
  ['MON,WED', ['MONDAY', 'WEDNESDAY']],
  ['sat-mon', ['SUNDAY', 'MONDAY', 'SATURDAY']],
  ['Friday', ['FRIDAY']],
])('the days %s', (days, names) => {
  expect(parse({ days }).days).toEqual(names);
});

test.each([
  { every: '0m' },
  { every: '60m' },
  { every: '4' },
  { hours: '20-7' },
  { hours: '7-25' },
  { hours: '7' },
  { days: 'FOO' },
  { days: 'MON-' },
  { days: 'MON-WED-FRI' },
  { days: '' },
  { timeZone: 'Mars/Olympus' },
])('%j is refused', (typed) => {
  expect(() => parse(typed)).toThrow(InvalidOptionError);
});
