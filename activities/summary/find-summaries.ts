import { lookUpByWork } from '../../adapters/paid-call/look-up-result.ts';
import type { HeldAnswer } from '../../workflows/contracts/summarizing.ts';
import type { Dependencies } from '../dependencies.ts';
import { countsFor, homeOf, type Job } from '../job/read-job-input.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import type { Section } from './sections.ts';
import { sectionWork, type Asked, type SummaryWork } from './summary-work.ts';

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
  return await mapConcurrent(sections, (section) =>
    findSummary(deps, job, sectionWork(job, section, asked)),
  );
}

/**
 * The stored answer that makes a call unnecessary: of its repair, else its own. Null: there is none that counts. What else
 * one target answered is known by its call, which is only made ready when it is sent.
 */
export async function findSummary(
  deps: Dependencies,
  job: Job,
  { workKey, repairKey }: Pick<SummaryWork, 'workKey' | 'repairKey'>,
): Promise<HeldAnswer | null> {
  for (const key of [repairKey, workKey]) {
    const work = { home: homeOf(job), role: 'summarize', workKey: key } as const;
    const found = await lookUpByWork(deps, work);
    if (found !== null && countsFor(job, found)) {
      return { callKey: found.callKey, target: found.target };
    }
  }
  return null;
}
