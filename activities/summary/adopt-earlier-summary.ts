import { adoptedPointerKey } from '../../adapters/object-store/keys.ts';
import type { Activities, AdoptEarlierSummary } from '../../workflows/contracts/activities.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Dependencies } from '../dependencies.ts';
import { findLatest } from './latest-summary.ts';
import {
  readGroups,
  readPartials,
  readSections,
  readTranscript,
  reductionWork,
  sectionWork,
} from './partial-summaries.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import type { SummaryWork } from './summarize-text.ts';

/**
 * Where no target answers: the newest answer to the same words that an earlier prompt was given, for this job only. A
 * retry asks the targets again.
 */
export const adoptEarlierSummary =
  ({ store }: Dependencies): Activities['adoptEarlierSummary'] =>
  async (input) => {
    const { tenant, jobId } = input;
    const job = await readJobInput(store, input);
    const { textKey, workKey } = await workOf(store, job, input);
    const latest = await findLatest(store, homeOf(job), textKey);
    if (latest === null) return null;
    const { result, pointer } = latest;
    await store.putJson(adoptedPointerKey(tenant, jobId, 'summarize', workKey), pointer);
    return { target: result.target, answeredAt: result.createdAt };
  };

async function workOf(
  store: Dependencies['store'],
  job: JobInput,
  input: AdoptEarlierSummary,
): Promise<SummaryWork> {
  const { language } = await readTranscript(store, job);
  const { of } = input;
  if (of.kind === 'section') {
    const section = (await readSections(store, input))[of.section];
    if (section === undefined) throw new RangeError(`there is no section ${of.section}`);
    return sectionWork(job, section, language);
  }
  const partials = await readPartials(
    store,
    job,
    { ...input, failedSections: of.failedSections },
    of.level,
    language,
  );
  const group = (await readGroups(store, input, of.level))[of.group];
  if (group === undefined) throw new RangeError(`there is no group ${of.group}`);
  const drafts = group.flatMap((index) => partials[index]?.draft ?? []);
  return reductionWork(job, drafts, language);
}
