import { afterAll, beforeAll, expect, test } from 'vitest';
import { applySchedule } from '../../../adapters/temporal/apply-schedule.ts';
import { parseWarmWindow, warmSpec } from '../../../client/schedules/warm-window.ts';
import { freshNamespace, type FreshNamespace } from '../../adapters/temporal/fresh-namespace.ts';

/* The times at which a server starts a warm-up, in the nights in which clocks change. */

let fresh: FreshNamespace;
beforeAll(async () => {
  fresh = await freshNamespace();
});
afterAll(() => fresh[Symbol.asyncDispose]());

/** The times from noon UTC before the date's midnight to noon UTC after it, by the server, without jitter. */
async function timesAround(
  date: string,
  window: { timeZone: string; hours: string; every?: string; days?: string },
): Promise<Date[]> {
  const { timeZone, hours, every = '30m', days = 'MON-SUN' } = window;
  const spec = warmSpec(parseWarmWindow({ timeZone, hours, every, days }));
  const scheduleId = JSON.stringify([date, window]);
  await applySchedule(fresh.client, {
    scheduleId,
    spec: { ...spec, jitter: 0 },
    action: { type: 'startWorkflow', workflowType: 'anything', taskQueue: 'nobody' },
  });
  const midnight = Date.parse(date) / 1000;
  const { startTime } = await fresh.client.workflowService.listScheduleMatchingTimes({
    namespace: fresh.namespace,
    scheduleId,
    // The generated types take a Long where the wire takes a number.
    startTime: { seconds: (midnight - 43_200) as never },
    endTime: { seconds: (midnight + 129_600) as never },
  });
  return startTime.map(({ seconds }) => new Date(Number(seconds) * 1000));
}

const clock = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('sv', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return (time: Date) => format.format(time);
};

const BERLIN = 'Europe/Berlin';

test.each([
  // 02:00 to 02:59 come twice.
  [BERLIN, '2027-10-31', '2-3', ['00:00', '00:30', '01:00', '01:30']],
  [BERLIN, '2027-10-31', '1-2', ['23:00', '23:30']],
  [BERLIN, '2027-10-31', '3-4', ['02:00', '02:30']],
  ['Europe/London', '2027-10-31', '1-2', ['00:00', '00:30', '01:00', '01:30']],
  ['America/New_York', '2027-11-07', '1-2', ['05:00', '05:30', '06:00', '06:30']],
  // 02:00 to 02:59 do not come.
  [BERLIN, '2027-03-28', '1-3', ['00:00', '00:30']],
])(
  'in %s on %s, from %s, a target is warm in its hours only',
  async (timeZone, date, hours, utc) => {
    const times = await timesAround(date, { timeZone, hours });
    const local = clock(timeZone);
    const ofTheDay = times.filter((time) => local(time).startsWith(date));
    expect(ofTheDay.map((time) => time.toISOString().slice(11, 16))).toEqual(utc);
    const hour = Number(hours.split('-')[0]);
    expect(times.filter((time) => Number(local(time).slice(11, 13)) < hour)).toEqual([]);
  },
);

test('a target that is to be warm around the clock has no gap when the clocks go back', async () => {
  const times = await timesAround('2027-10-31', { timeZone: BERLIN, hours: '0-24', every: '4m' });
  const gaps = times.slice(1).map((time, at) => (Number(time) - Number(times[at])) / 60_000);
  expect(new Set(gaps)).toEqual(new Set([4]));
  expect(times).toHaveLength(48 * 15);
});

test('a window of weekdays is empty on a Sunday, and found again behind it', async () => {
  const window = { timeZone: BERLIN, hours: '7-20', every: '1m', days: 'MON-FRI' };
  const times = await timesAround('2027-10-31', window);
  expect(times.map(clock(BERLIN)).filter((time) => time.startsWith('2027-10-31'))).toEqual([]);
  expect(clock(BERLIN)(times[0] ?? new Date(0))).toBe('2027-11-01 07:00');
});
