import { runsOf, type WorkflowRun } from './runs-of.ts';
import type { Surroundings } from './surroundings.ts';

/** A failed attempt, as the history keeps the last one before the attempt that ended the activity. */
interface LastFailure {
  readonly type: string;
  /** Attempts that the activity took, the last one included. */
  readonly attempts: number;
}

export interface JobHistory {
  /** The runs that continue one another as new, in order; the other facts are of all of them. */
  readonly runs: readonly WorkflowRun[];
  /** Activities by type: how often each was scheduled. */
  readonly activities: Readonly<Record<string, number>>;
  readonly lastFailures: readonly LastFailure[];
}

export async function jobHistory({ client }: Surroundings, jobId: string): Promise<JobHistory> {
  const workflowId = `minutes/default/${jobId}`;
  const runs = await runsOf(client, workflowId);
  const activities: Record<string, number> = {};
  const lastFailures: LastFailure[] = [];
  for (const { runId } of runs) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of events ?? []) {
      const name = event.activityTaskScheduledEventAttributes?.activityType?.name;
      if (typeof name === 'string') activities[name] = (activities[name] ?? 0) + 1;
      const started = event.activityTaskStartedEventAttributes;
      const type = started?.lastFailure?.applicationFailureInfo?.type;
      if (typeof type === 'string') lastFailures.push({ type, attempts: started?.attempt ?? 0 });
    }
  }
  return { runs, activities, lastFailures };
}
