import type { Client } from '@temporalio/client';
import { runsOf } from '../test/support/runs-of.ts';

/** By activity, in the order in which they began: calls, and seconds since `begun` at which the first was scheduled and the last ended. */
export type CallTimes = ReadonlyMap<
  string,
  { readonly count: number; readonly from: number; readonly to: number }
>;

/** When the activities of a workflow ran, by the history of all its runs. `begun`: milliseconds since 1970. */
export async function callTimes(
  client: Client,
  workflowId: string,
  begun: number,
): Promise<CallTimes> {
  const times = new Map<string, { count: number; from: number; to: number }>();
  for (const { runId } of await runsOf(client, workflowId)) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const names = new Map<string, string>();
    for (const event of events ?? []) {
      const at =
        Number(event.eventTime?.seconds ?? 0) + (event.eventTime?.nanos ?? 0) / 1e9 - begun / 1000;
      const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
      if (typeof name === 'string') {
        names.set(String(event.eventId), name);
        const known = times.get(name) ?? { count: 0, from: at, to: at };
        times.set(name, { ...known, count: known.count + 1 });
      }
      const ended =
        event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes;
      const of = names.get(String(ended?.scheduledEventId));
      const known = of === undefined ? undefined : times.get(of);
      if (known !== undefined) known.to = Math.max(known.to, at);
    }
  }
  return times;
}
