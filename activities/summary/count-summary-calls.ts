import type { Activities, SummaryCalls } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput, type Job } from '../job/read-job-input.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { findSummary } from './find-summaries.ts';
import { readAsked, readDrafts, readSections } from './partial-summaries.ts';
import { planGroups } from './plan-reduction.ts';
import { reductionWork, sectionWork, type SummaryWork } from './summary-work.ts';
import { chainCounter } from './token-budget.ts';

/**
 * Counts the calls that a summary of the cut sections would make now: as far as their answers are not stored. Of the
 * calls that join summaries only the most can be told, since the groups depend on the answers.
 */
export const countSummaryCalls =
  (deps: Dependencies): Activities['countSummaryCalls'] =>
  async (at) => {
    const { store } = deps;
    const job = await readJobInput(store, at);
    const asked = await readAsked(store, job, at);
    const cut = await readSections(store, at);
    const sections = cut.length;
    const { outline } = asked;
    const within = { contextTokens: at.contextTokens, count: await chainCounter(deps), outline };

    let works: readonly (SummaryWork | string)[] = cut.map((section) =>
      sectionWork(job, section, asked),
    );
    for (;;) {
      const keys = await mapConcurrent(works, (work) => storedKey(deps, job, work));
      const stored = keys.filter((key) => key !== null);
      const calls = keys.length - stored.length;
      if (calls > 0) return { sections, calls, atMost: calls + mostJoins(keys.length) };
      const drafts = await readDrafts(store, job, stored, outline);
      const groups = planGroups(drafts, within);
      if (groups.length === 0) return { sections, calls: 0, atMost: 0 } satisfies SummaryCalls;
      works = groups.map((group) => {
        const [only] = group.flatMap((index) => stored[index] ?? []);
        // A group of one is passed on without a call.
        if (group.length === 1 && only !== undefined) return only;
        const joined = group.flatMap((index) => drafts[index] ?? []);
        return reductionWork(job, joined, asked);
      });
    }
  };

/** Every call that joins summaries makes at least two of them one. */
const mostJoins = (summaries: number): number => Math.max(0, summaries - 1);

/** The call key of the answer that makes the call unnecessary; null: there is none. */
const storedKey = async (
  deps: Dependencies,
  job: Job,
  work: SummaryWork | string,
): Promise<string | null> =>
  typeof work === 'string' ? work : ((await findSummary(deps, job, work))?.callKey ?? null);
