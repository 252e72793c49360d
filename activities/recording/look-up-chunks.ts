import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { recordingTime } from '../../workflows/contracts/chunk-plan.ts';
import type { Dependencies } from '../dependencies.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { chunkWorkKey } from '../paid/work-keys.ts';
import { readPlan } from './read-plan.ts';
import { doubtedStretch, findDoubts } from './second-answers.ts';

/** Finds the stored answers of a whole window at once: they need no rate slot and no events of their own. */
export const lookUpChunks =
  ({ store }: Dependencies): Activities['lookUpChunks'] =>
  async ({ tenant, jobId, planKey, from, to }) => {
    const job = await readJobInput(store, { tenant, jobId });
    const plan = await readPlan(store, planKey);
    const speech = plan.chunks.slice(from, to).filter((chunk) => chunk.speech);
    const held = await mapConcurrent(speech, (chunk) =>
      findResult(store, homeOf(job), 'transcribe', chunkWorkKey(job, plan, chunk)),
    );
    const pending = speech.filter((_chunk, position) => held[position] === null);
    const doubts = await mapConcurrent(speech, async (chunk, position) => {
      const result = held[position] ?? null;
      const found = result === null ? [] : await findDoubts(store, job, plan, chunk, result);
      return found
        .filter(({ second }) => second === null)
        .map(({ stretch }) => doubtedStretch(plan, chunk.index, stretch));
    });
    return {
      pending: pending.map(({ index, startSample, endSample }) => ({
        index,
        start: recordingTime(plan, startSample),
        end: recordingTime(plan, endSample - 1),
      })),
      held: speech.length - pending.length,
      doubts: doubts.flat(),
      heldBy: [...new Set(held.flatMap((result) => result?.target ?? []))],
    };
  };
