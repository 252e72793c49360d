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
  const { spec, policies } = await client.schedule.getHandle('some').describe();
  expect(spec.intervals).toEqual([]);
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
  const { state, spec } = await client.schedule.getHandle('some').describe();
  expect(state).toMatchObject({ paused: true, note: 'by hand' });
  expect(spec.intervals).toMatchObject([{ every: 7_200_000 }]);
});

test('deleting says whether there was one', async () => {
  await using fresh = await freshNamespace();
  const { client } = fresh;
  await applySchedule(client, schedule({ intervals: [{ every: '1 hour' }] }));
  expect(await deleteSchedule(client, 'some')).toBe(true);
  expect(await deleteSchedule(client, 'never-there')).toBe(false);
});
