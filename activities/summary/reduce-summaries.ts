import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { readGroups, readPartials, readTranscript, reductionWork } from './partial-summaries.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { summarizeText } from './summarize-text.ts';

/** Joins the partial summaries of one group; a group of one is passed on without a call. */
export const reduceSummaries =
  (deps: Dependencies): Activities['reduceSummaries'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const { language } = await readTranscript(deps.store, job);
    const partials = await readPartials(deps.store, job, call, call.level, language);
    const group = (await readGroups(deps.store, call, call.level))[call.group];
    if (group === undefined) throw new RangeError(`there is no group ${call.group}`);
    const drafts = group.flatMap((index) => partials[index]?.draft ?? []);
    if (drafts.length === 1) return { target: call.target.name, reused: true };
    return await summarizeText(deps, call, job, reductionWork(job, drafts, language));
  };
