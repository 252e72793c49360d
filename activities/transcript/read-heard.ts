import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { HeardWindows } from '../../workflows/contracts/transcribing.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { readOutcomes } from '../recording/close-window.ts';
import { readPlan } from '../recording/read-plan.ts';
import { readDiarization } from '../speakers/read-diarization.ts';
import { whoSpoke } from '../speakers/who-spoke.ts';
import { readAnswers, settleAnswers } from './read-answers.ts';

/**
 * What was heard in the first `windows` of a recording: what became of each chunk, its words, and who speaks them.
 *
 * @param from the windows before this one are left out
 */
export async function readHeard(
  store: ObjectStore,
  job: JobInput,
  { planKey, windows, diarized }: HeardWindows,
  from = 0,
) {
  const plan = await readPlan(store, planKey);
  const outcomes = await readOutcomes(store, job, windows, from);
  const settled = settleAnswers(plan, await readAnswers(store, outcomes), job.options.language);
  const turns = (await readDiarization(store, job, diarized))?.turns ?? null;
  return { plan, outcomes, settled, speakers: whoSpoke(plan, turns) };
}
