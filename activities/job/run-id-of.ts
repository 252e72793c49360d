import { Context } from '@temporalio/activity';
import type { JobReference } from '../../workflows/contracts/jobs.ts';

/** The run of the job that an activity works for. Inputs of histories that began before they named it lack it. */
export function runIdOf({ runId, jobId }: JobReference): string {
  const id = runId ?? Context.current().info.workflowExecution?.runId;
  if (id === undefined) throw new TypeError(`no workflow runs this activity of job ${jobId}`);
  return id;
}
