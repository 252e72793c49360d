import type { ScheduleOptions } from '@temporalio/client';
import { expect, test } from 'vitest';
import { applySchedule, deleteSchedule } from '../../../adapters/temporal/apply-schedule.ts';
import { freshNamespace } from './fresh-namespace.ts';

const schedule = (spec: ScheduleOptions['spec']): ScheduleOptions => ({
  scheduleId: 'some',
  spec,
  action: { type: 'startWorkflow', workflowType: 'anything', taskQueue: 'nobody' },
  policies: { overlap: 'SKIP', catchupWindow: '1 minute' },
});

test('a schedule is created, and then replaced and not merged', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  expect(await applySchedule(client, schedule({ intervals: [{ every: '4 minutes' }] }))).toBe(
    'created',
  );
  const other = schedule({ calendars: [{ hour: 7 }], timezone: 'Europe/Berlin' });
  expect(await applySchedule(client, other)).toBe('replaced');
  const handle = client.schedule.getHandle('some');
  await expect.poll(async () => (await handle.describe()).spec.intervals).toEqual([]);
  const { spec, policies } = await handle.describe();
  expect(spec.calendars).toHaveLength(1);
  expect(spec.timezone).toBe('Europe/Berlin');
  expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 60_000 });
});

test('a paused schedule stays paused when it is replaced', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  await applySchedule(client, schedule({ intervals: [{ every: '1 hour' }] }));
  await client.schedule.getHandle('some').pause('by hand');
  await applySchedule(client, schedule({ intervals: [{ every: '2 hours' }] }));
  const described = () => client.schedule.getHandle('some').describe();
  await expect
    .poll(async () => (await described()).spec.intervals)
    .toMatchObject([{ every: 7_200_000 }]);
  expect((await described()).state).toMatchObject({ paused: true, note: 'by hand' });
});

test('a paused schedule that is to resume does', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  const handle = client.schedule.getHandle('some');
  await applySchedule(client, schedule({ intervals: [{ every: '1 hour' }] }));
  await handle.pause('by hand');
  await applySchedule(client, schedule({ intervals: [{ every: '2 hours' }] }), { resume: true });
  await expect.poll(async () => (await handle.describe()).state.paused).toBe(false);
});

test('a new schedule that is to run at once counts that run, under its own overlap policy', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  const hourly = schedule({ intervals: [{ every: '1 hour' }] });
  await applySchedule(client, hourly, { runAtOnce: true });
  const handle = client.schedule.getHandle('some');
  // Nobody takes it up, so it runs on.
  await expect
    .poll(async () => (await handle.describe()).info.runningActions, { timeout: 10_000 })
    .toHaveLength(1);
  await applySchedule(client, hourly, { runAtOnce: true });
  expect((await handle.describe()).info.recentActions).toHaveLength(1);
});

test('deleting says whether there was one', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  await applySchedule(client, schedule({ intervals: [{ every: '1 hour' }] }));
  expect(await deleteSchedule(client, 'some')).toBe(true);
  expect(await deleteSchedule(client, 'never-there')).toBe(false);
});
