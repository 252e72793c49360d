import type { Activities } from '../../workflows/contracts/activities.ts';
import { recordingTime } from '../../workflows/contracts/chunk-plan.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { readPlan } from './read-plan.ts';
import { doubtedStretch, findAnswers, openOf } from './second-answers.ts';

/** Finds the stored answers of a whole window at once: they need no rate slot and no events of their own. */
export const lookUpChunks =
  ({ store }: Dependencies): Activities['lookUpChunks'] =>
  async ({ tenant, jobId, planKey, from, to }) => {
    const job = await readJobInput(store, { tenant, jobId });
    const plan = await readPlan(store, planKey);
    const speech = plan.chunks.slice(from, to).filter((chunk) => chunk.speech);
    const found = await findAnswers(store, job, plan, speech);
    const pending = found.filter(({ result }) => result === null).map(({ chunk }) => chunk);
    const doubts = found.flatMap((one) =>
      openOf(one.doubts).map((stretch) => doubtedStretch(plan, one.chunk.index, stretch)),
    );
    return {
      pending: pending.map(({ index, startSample, endSample }) => ({
        index,
        start: recordingTime(plan, startSample),
        end: recordingTime(plan, endSample - 1),
      })),
      held: speech.length - pending.length,
      doubts,
      heldBy: [...new Set(found.flatMap(({ result }) => result?.target ?? []))],
    };
  };
