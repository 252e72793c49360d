import { lookUpByWork } from '../../adapters/paid-call/look-up-result.ts';
import type { HeldAnswer } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, type Job } from '../job/read-job-input.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import type { Section } from './sections.ts';
import { sectionWork, type Asked } from './summary-work.ts';

/**
 * The stored summaries of sections, all at once: they need no rate slot and no events of their own. Null: there is none
 * under today's prompt. None where one target is named: its answers are known by their calls, which are made ready when
 * they are sent.
 */
export async function findSummaries(
  deps: Dependencies,
  job: Job,
  sections: readonly Section[],
  asked: Asked,
): Promise<(HeldAnswer | null)[]> {
  if ((job.onlyTarget ?? null) !== null) return sections.map(() => null);
  return await mapConcurrent(sections, async (section) => {
    const { workKey, repairKey } = sectionWork(job, section, asked);
    const stored = (key: string) =>
      lookUpByWork(deps, { home: homeOf(job), role: 'summarize', workKey: key });
    const found = (await stored(repairKey)) ?? (await stored(workKey));
    return found === null ? null : { callKey: found.callKey, target: found.target };
  });
}
