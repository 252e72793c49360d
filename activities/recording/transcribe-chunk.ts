import { scratchChunkKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { chunkPlanSchema, seconds } from '../../workflows/contracts/chunk-plan.ts';
import { callTarget } from '../paid/call-target.ts';
import { chunkAudio } from './chunk-audio.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { chunkWorkKey } from '../paid/work-keys.ts';

export const transcribeChunk =
  (deps: Dependencies): Activities['transcribeChunk'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const plan = await deps.store.getJson(call.planKey, chunkPlanSchema);
    const chunk = plan.chunks[call.index];
    if (chunk === undefined) throw new RangeError(`the plan has no chunk ${call.index}`);
    const { result, reused } = await callTarget(deps, call, {
      role: 'transcribe',
      home: homeOf(job),
      workKey: chunkWorkKey(job, plan, chunk),
      input: async (signal, target) => ({
        ...(await chunkAudio(
          deps,
          scratchChunkKey(call.tenant, call.jobId, call.index),
          target,
          signal,
        )),
        durationSeconds: seconds(chunk.endSample - chunk.startSample),
        language: job.options.language,
      }),
      accept: async (answer) => answer,
    });
    return { target: result.target, reused };
  };
