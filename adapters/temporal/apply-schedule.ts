import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';

/**
 * Creates the schedule or replaces the one of that id, whose paused state and note stay unless it is to resume. The
 * server knows no upsert, and merges what an update leaves out of the specification: so every kind of time is written.
 */
export async function applySchedule(
  client: Client,
  { scheduleId, ...wanted }: ScheduleOptions,
  { resume = false }: { readonly resume?: boolean } = {},
): Promise<'created' | 'replaced'> {
  try {
    await client.schedule.create({ scheduleId, ...wanted });
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const spec = { calendars: [], intervals: [], cronExpressions: [], skip: [], ...wanted.spec };
  await client.schedule.getHandle(scheduleId).update((old) => ({
    ...wanted,
    spec,
    // Not by a second request: the server does not keep the order of an update and an unpause.
    state: resume ? { ...old.state, paused: false, note: '' } : old.state,
  }));
  return 'replaced';
}

/** False: there was none of that id. */
export async function deleteSchedule(client: Client, scheduleId: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}
