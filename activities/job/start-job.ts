import { recordTarget } from '../../adapters/inference/targets/record-target.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from './read-job-input.ts';

/** Records the chains of the job in the history, and marks its row as running. */
export const startJob =
  ({ store, library, inference: { roles, patience } }: Dependencies): Activities['startJob'] =>
  async ({ tenant, jobId, runId }) => {
    const { options } = await readJobInput(store, { tenant, jobId });
    await library.markRunning(tenant, jobId, runId);
    return {
      chains: {
        transcribe: roles.transcribe.map(recordTarget),
        summarize: roles.summarize.map(recordTarget),
        illustrate: roles.illustrate.map(recordTarget),
        moderate: roles.moderate.map(recordTarget),
      },
      image: options.image,
      language: options.language,
      probeMs: patience.probeMs,
    };
  };
