import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { readSections, readTranscript, sectionWork } from './partial-summaries.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { summarizeText } from './summarize-text.ts';

export const summarizeSection =
  (deps: Dependencies): Activities['summarizeSection'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const { language } = await readTranscript(deps.store, job);
    const section = (await readSections(deps.store, call))[call.section];
    if (section === undefined) throw new RangeError(`there is no section ${call.section}`);
    return await summarizeText(deps, call, job, sectionWork(job, section, language));
  };
