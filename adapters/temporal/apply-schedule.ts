import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';

/**
 * Creates the schedule, or replaces the one with that id. A new one runs for the first time at once if `runAtOnce` is
 * set. A replaced one stays paused, with its note, unless `resume` is set. The server has no upsert, and keeps the parts
 * of a specification that an update leaves out, so the update names every kind of time.
 */
export async function applySchedule(
  client: Client,
  { scheduleId, ...wanted }: Omit<ScheduleOptions, 'state'>,
  {
    resume = false,
    runAtOnce = false,
  }: { readonly resume?: boolean; readonly runAtOnce?: boolean } = {},
): Promise<'created' | 'replaced'> {
  const handle = client.schedule.getHandle(scheduleId);
  try {
    await client.schedule.create({ scheduleId, ...wanted });
    // With an overlap policy of its own: by default a run started by hand overlaps with others, and is not counted as running.
    if (runAtOnce) await handle.trigger(wanted.policies?.overlap ?? 'SKIP');
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const spec = { calendars: [], intervals: [], cronExpressions: [], skip: [], ...wanted.spec };
  await handle.update((old) => ({
    ...wanted,
    spec,
    // Unpause in the same request: the server may reorder an update and a later unpause.
    state: resume ? { ...old.state, paused: false, note: '' } : old.state,
  }));
  return 'replaced';
}

/** False when no schedule has that id. */
export async function deleteSchedule(client: Client, scheduleId: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}
