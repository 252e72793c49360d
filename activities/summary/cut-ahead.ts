import { scratchPrefix, scratchSectionsKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { runIdOf } from '../job/run-id-of.ts';
import { mergeBeginning } from '../transcript/merge-transcript.ts';
import { readHeard } from '../transcript/read-heard.ts';
import { orTooLong } from './cut-sections.ts';
import { findSummaries } from './find-summaries.ts';
import { outlineKey } from './outline.ts';
import { readOutline } from './read-template.ts';
import { cutBeginning } from './sections.ts';
import { chainCounter } from './token-budget.ts';

/**
 * Cuts the sections that what is still to be transcribed cannot change, as scratch of the run, and names those that have
 * no summary yet. None as long as the language of the meeting may change. `cutSections` cuts the same ones at the end.
 */
export const cutAhead =
  (deps: Dependencies): Activities['cutAhead'] =>
  async (at) => {
    const { store } = deps;
    const { tenant, jobId, contextTokens } = at;
    const job = await readJobInput(store, at);
    const { plan, outcomes, settled, speakers } = await readHeard(store, job, at);
    const { language: given } = job.options;
    const beginning = mergeBeginning(plan, outcomes.length, settled, given, speakers);
    if (beginning === null) return { open: [] };
    const { language } = beginning;
    const outline = await readOutline(store, job, language);
    const count = await chainCounter(deps);
    const sections = orTooLong(() => cutBeginning(beginning, { contextTokens, count, outline }));
    const key = scratchSectionsKey(scratchPrefix(tenant, jobId, runIdOf(at)), contextTokens);
    await store.putJson(key, {
      schemaVersion: 1,
      contextTokens,
      outline: outlineKey(outline),
      language,
      sections,
    });
    const held = await findSummaries(deps, job, sections, { language, outline });
    return { open: [...sections.keys()].filter((section) => (held[section] ?? null) === null) };
  };
