import { recordTarget } from '../../adapters/inference/targets/record-target.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { perRole } from '../../workflows/contracts/targets.ts';
import { readJobInput } from './read-job-input.ts';

/** Records the chains of the job in the history, and marks its row as running. */
export const startJob =
  ({ store, library, inference: { roles, patience } }: Dependencies): Activities['startJob'] =>
  async ({ tenant, jobId, runId }) => {
    const { options } = await readJobInput(store, { tenant, jobId });
    await library.markRunning(tenant, jobId, runId);
    return {
      chains: perRole((role) => roles[role].map(recordTarget)),
      image: options.image,
      language: options.language,
      probeMs: patience.probeMs,
    };
  };
