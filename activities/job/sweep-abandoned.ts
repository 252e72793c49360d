import { scratchPrefix } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { withHeartbeat } from '../with-heartbeat.ts';

/** A younger row may belong to a client that has written it and not started its workflow yet. */
const GRACE_MS = 60_000;

/** Cleans up after terminated runs: expired claims, rows that are still running, scratch. */
export const sweepAbandoned =
  ({ store, ledger, library, isRunning, now }: Dependencies): Activities['sweepAbandoned'] =>
  async () =>
    await withHeartbeat(async () => {
      const { released, inDoubt } = await ledger.expireLeases();
      let [closedJobs, deletedObjects] = [0, 0];
      for (const row of await library.listOpen(new Date(now().getTime() - GRACE_MS))) {
        if (await isRunning(row.workflowId)) continue;
        await ledger.releaseJob(row.tenant, row.id);
        // A retry may have started meanwhile: do not touch its chunks and its row.
        if (await isRunning(row.workflowId)) continue;
        deletedObjects += await store.deletePrefix(scratchPrefix(row.tenant, row.id));
        await library.complete(row.tenant, row.id, {
          status: 'failed',
          result: null,
          failure: {
            type: FAILURES.Abandoned,
            message: 'its run was ended from outside; retry goes on from what is stored',
          },
        });
        closedJobs += 1;
      }
      return { releasedClaims: released, inDoubt, closedJobs, deletedObjects };
    });
