import { scratchPrefix } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';

/** Ends a job in any state: releases claims, deletes scratch, completes the row. Keeps source, results and transcript. */
export const closeJob =
  ({ store, ledger, library }: Dependencies): Activities['closeJob'] =>
  async ({ tenant, jobId, status, result, failure }) => {
    await ledger.releaseJob(tenant, jobId);
    await store.deletePrefix(scratchPrefix(tenant, jobId));
    await library.complete(tenant, jobId, { status, result, failure });
  };
