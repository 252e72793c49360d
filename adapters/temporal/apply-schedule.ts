import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';

/**
 * Creates the schedule, or replaces the one with that id. A replaced schedule stays paused, with its note, unless
 * `resume` is set. The server has no upsert, and keeps the parts of a specification that an update leaves out, so the
 * update names every kind of time.
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
