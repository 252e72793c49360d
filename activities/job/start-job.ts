import { recordTarget } from '../../adapters/inference/targets/record-target.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { perRole } from '../../workflows/contracts/targets.ts';
import { readJobInput } from './read-job-input.ts';
import { runIdOf } from './run-id-of.ts';
import { superseded, takeRow } from './take-row.ts';

/** Records the chains of the job in the history, and gives its row to this run. */
export const startJob =
  (deps: Dependencies): Activities['startJob'] =>
  async (call) => {
    const { store, inference } = deps;
    const { tenant, jobId } = call;
    const { options, source } = await readJobInput(store, { tenant, jobId });
    const run = { tenant, jobId, runId: runIdOf(call) };
    if (!(await takeRow(deps, run))) throw superseded(run);
    return {
      chains: perRole((role) => inference.roles[role].map(recordTarget)),
      image: options.image,
      language: options.language,
      probeMs: inference.patience.probeMs,
      ...(source.kind === 'transcript' && { isTranscript: true as const }),
    };
  };
