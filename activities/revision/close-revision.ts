import { scratchPrefix } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { runIdOf } from '../job/run-id-of.ts';

/** Ends the run of a revision in any state: releases its claims, deletes its scratch. */
export const closeRevision =
  ({ store, ledger }: Dependencies): Activities['closeRevision'] =>
  async (call) => {
    const { tenant, jobId } = call;
    const runId = runIdOf(call);
    await ledger.releaseRun(tenant, jobId, runId);
    await store.deletePrefix(scratchPrefix(tenant, jobId, runId));
  };
