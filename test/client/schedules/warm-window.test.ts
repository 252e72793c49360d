import { expect, test } from 'vitest';
import { InvalidOptionError } from '../../../client/config.ts';
import { parseWarmWindow, warmCalls, warmSpec } from '../../../client/schedules/warm-window.ts';

const parse = (typed: Partial<Parameters<typeof parseWarmWindow>[0]> = {}) =>
  parseWarmWindow({ every: '4m', hours: '7-20', days: 'MON-FRI', timeZone: 'UTC', ...typed });

test('the usual window: every 4 minutes from 7 up to 20 on five days', () => {
  expect(warmCalls(parse())).toEqual({ anHour: 15, aDay: 195, aWeek: 975 });
  expect(warmSpec(parse())).toMatchObject({
    intervals: [{ every: '4 minutes' }],
    skip: [
      {
        hour: [
          { start: 0, end: 6 },
          { start: 20, end: 23 },
        ],
      },
      { hour: '*', dayOfWeek: ['SUNDAY', 'SATURDAY'] },
    ],
    timezone: 'UTC',
  });
});

test('a window of all hours and days leaves nothing out', () => {
  expect(warmSpec(parse({ hours: '0-24', days: 'MON-SUN' })).skip).toEqual([]);
});

test('minutes that do not divide the hour are counted through it', () => {
  expect(warmCalls(parse({ every: '7m' }))).toEqual({ anHour: 9, aDay: 112, aWeek: 560 });
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
