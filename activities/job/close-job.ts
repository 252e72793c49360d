import type { Activities } from '../../workflows/contracts/activities.ts';
import { startDeliveries } from '../delivery/start-deliveries.ts';
import type { Dependencies } from '../dependencies.ts';
import { clearScratch } from './clear-scratch.ts';
import { runIdOf } from './run-id-of.ts';
import { takeRow } from './take-row.ts';

/**
 * Ends a run in any state: releases its claims, deletes its scratch, completes the row. Keeps source, results and
 * transcript. A run that is no longer the job's latest leaves the row to the later one. Has it told to those who want to
 * hear of it.
 */
export const closeJob =
  (deps: Dependencies): Activities['closeJob'] =>
  async (call) => {
    const { tenant, jobId, status, result, failure } = call;
    const run = { tenant, jobId, runId: runIdOf(call) };
    await deps.ledger.releaseRun(tenant, jobId, run.runId);
    await clearScratch(deps.store, run);
    // The row is not the run's yet if the run was cancelled before its first activity.
    if (await takeRow(deps, run)) await deps.library.endRun(run, { status, result, failure });
    await startDeliveries(deps, run);
  };
