import type { Activities } from '../../workflows/contracts/activities.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import { startDeliveries, tidyDeliveries } from '../delivery/start-deliveries.ts';
import type { Dependencies } from '../dependencies.ts';
import { withHeartbeat } from '../with-heartbeat.ts';
import { sweepUploads } from './sweep-uploads.ts';
import { clearScratch } from './clear-scratch.ts';

/** A younger row may belong to a client that has written it and not started its workflow yet. */
const GRACE_MS = 60_000;

/**
 * Cleans up after terminated runs: expired claims, rows that are still running, scratch; and deletes what is kept of
 * requests of the gateway for a time only, and looks after the messages to webhooks. It touches only what belongs
 * to runs that have ended, so a run that starts meanwhile keeps its claims, its chunks and its row. Last, because they
 * may be many, and a store may not let it, it removes uploads that nobody went on with.
 */
export const sweepAbandoned =
  (deps: Dependencies): Activities['sweepAbandoned'] =>
  async () =>
    await withHeartbeat(async () => {
      const { store, ledger, library, gatewayRecords, latestRun, now } = deps;
      const { released, inDoubt } = await ledger.expireLeases();
      let [closedJobs, deletedObjects] = [0, 0];
      for (const row of await library.listOpen(new Date(now().getTime() - GRACE_MS))) {
        const latest = await latestRun(row.workflowId);
        if (latest?.isRunning === true) continue;
        const { tenant, id: jobId } = row;
        if (row.runId !== null) {
          await ledger.releaseRun(tenant, jobId, row.runId);
          deletedObjects += await clearScratch(store, { tenant, jobId, runId: row.runId });
        }
        const failure = {
          type: FAILURES.Abandoned,
          message: 'its run was ended from outside; retry goes on from what is stored',
        };
        if (await library.endSeen(row, { status: 'failed', failure })) {
          closedJobs += 1;
          await startDeliveries(deps, { tenant, jobId });
        }
      }
      let expiredRecords = 0;
      for (const records of gatewayRecords) expiredRecords += await records.expire();
      await tidyDeliveries(deps);
      const removedUploads = await sweepUploads(deps);
      return {
        releasedClaims: released,
        inDoubt,
        closedJobs,
        deletedObjects,
        expiredRecords,
        removedUploads,
      };
    });
