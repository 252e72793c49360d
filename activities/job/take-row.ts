import { ApplicationFailure } from '@temporalio/common';
import type { JobRun } from '../../adapters/database/job-library.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { clearScratch } from './clear-scratch.ts';

/**
 * Gives the job's row to a run, if it is the job's latest run; false if it is not. An activity can outlive its run, so
 * Temporal is asked, and the row must still be the one that was read before.
 */
export async function takeRow(
  { store, library, latestRun }: Pick<Dependencies, 'store' | 'library' | 'latestRun'>,
  { tenant, jobId, runId }: JobRun,
): Promise<boolean> {
  for (;;) {
    const row = await library.find(tenant, jobId);
    if (row === null) return false;
    if (row.runId === runId) return true;
    if ((await latestRun(row.workflowId))?.runId !== runId) return false;
    // A terminated run leaves its scratch, and only this row knows of that run.
    if (row.runId !== null) await clearScratch(store, { tenant, jobId, runId: row.runId });
    if (await library.beginRun(row, runId)) return true;
  }
}

/** The failure of an activity whose run has lost the job's row. */
export const superseded = ({ jobId, runId }: JobRun): ApplicationFailure =>
  ApplicationFailure.nonRetryable(
    `run ${runId} no longer has the row of job ${jobId}: a later run took it, or the row was deleted`,
    FAILURES.Superseded,
  );
