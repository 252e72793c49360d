import type { Client } from '@temporalio/client';
import type { JobLibrary, JobRow } from '../../adapters/database/job-library.ts';
import { jobInputKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { requireSearchAttributes } from '../../adapters/temporal/search-attributes.ts';
import { workflowStatus } from '../../adapters/temporal/workflow-status.ts';
import { minutesSchema } from '../../workflows/contracts/minutes.ts';
import type { SubmittedJob } from './submit-job.ts';
import { startMinutes } from './start-minutes.ts';

/**
 * Runs a job again under its id that failed, was cancelled, is partial, lacks its speakers or got another title than its minutes have;
 * stored results are not paid for again. A transcript that gets its speakers is another one, whose summary is made, and
 * paid for, anew. Throws `NothingToRetryError`. `reused` is true when another process has just started it.
 */
export async function retryJob(
  row: JobRow,
  ports: {
    readonly library: JobLibrary;
    readonly store: ObjectStore;
    readonly temporal: Client;
  },
): Promise<SubmittedJob> {
  const { library, store, temporal } = ports;
  const { tenant, id, workflowId } = row;
  const isWhole = row.status === 'completed' && row.result !== 'partial' && !lacksSpeakers(row);
  if (isWhole && !(await isRetitled(row, store))) {
    throw new NothingToRetryError(`job ${id} is complete: there is nothing to retry`);
  }
  const open = row.status === 'submitted' || row.status === 'running';
  const status = open ? (await workflowStatus(temporal, workflowId))?.status : undefined;
  if (status === 'queued' || status === 'running') {
    throw new NothingToRetryError(
      `job ${id} is running: follow it with npm run -s hansard -- watch ${id}`,
    );
  }
  await requireSearchAttributes(temporal);
  if ((await store.head(jobInputKey(tenant, id))) === null) {
    throw new NothingToRetryError(
      `the input of job ${id} is no longer stored: submit the recording again`,
    );
  }
  if (!(await library.submit(row, row))) {
    // Another process has submitted or ended it since the row was read.
    return await retryJob((await library.find(tenant, id)) ?? row, ports);
  }
  return { id, workflowId, reused: !(await startMinutes(temporal, row, 'ALLOW_DUPLICATE')) };
}

/** Whether nobody could tell who spoke: minutes without names are complete all the same. */
export const lacksSpeakers = ({ degradations }: JobRow): boolean =>
  degradations.some(({ stage, level }) => stage === 'diarize' && level === 'missing');

/** Whether the job was given another title after its minutes were written. */
async function isRetitled({ title, minutesKey }: JobRow, store: ObjectStore): Promise<boolean> {
  const minutes = minutesKey === null ? null : await store.findJson(minutesKey, minutesSchema);
  return minutes !== null && minutes.title !== title;
}

export class NothingToRetryError extends Error {
  override readonly name = 'NothingToRetryError';
}
