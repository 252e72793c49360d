import type { Ledger } from '../../adapters/database/create-ledger.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { RenderRevision } from '../../workflows/contracts/activities.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import { languageOf, readJobInput } from '../job/read-job-input.ts';
import { engines, isWhole, speakersOf } from '../minutes/compose-minutes.ts';
import { EXTRACTIVE, readSummarized } from '../minutes/read-summarized.ts';
import { provenanceOfSummary } from '../minutes/provenance.ts';
import { lacksNoMore } from '../minutes/replaces.ts';
import { withHeardNames } from '../speakers/heard-names.ts';
import { givenSpeakers } from '../speakers/join-speakers.ts';
import { readOutline, templateFacts } from '../summary/read-template.ts';
import type { Version } from './documents.ts';
import { revisionRefused } from './revision-refused.ts';

/**
 * The documents with the summary that the workflow had written anew. Throws `RevisionRefused` if it lacks something that
 * the one before has: the minutes stay, and what was answered is kept for the next try.
 */
export async function summarizedAnew(
  { store, ledger }: { readonly store: ObjectStore; readonly ledger: Ledger },
  base: Version,
  { tenant, jobId, change, summary }: RenderRevision,
): Promise<Version> {
  if (summary === undefined) throw new TypeError('the workflow wrote no summary');
  const { summarized, chain, degradations } = summary;
  const job = await readJobInput(store, { tenant, jobId, revision: change });
  const written = await readSummarized(store, job, summarized, base.transcript);
  const states = await ledger.countByState(tenant, jobId);
  const others = base.minutes.degradations.filter(({ stage }) => stage !== 'summarize');
  const { heardNames = [], ...summaryWritten } = written.summary;
  const minutes: Minutes = {
    ...base.minutes,
    ...summaryWritten,
    speakers: speakersOf(base.transcript, withHeardNames(givenSpeakers(base.minutes), heardNames)),
    sections: written.summary.sections ?? [],
    // Readers of version 1 do not know that a run must not replace what a person asked for.
    schemaVersion: 2,
    language: languageOf(job, base.transcript),
    template: templateFacts(job, await readOutline(store, job, languageOf(job, base.transcript))),
    engines: {
      ...base.minutes.engines,
      summarize: summarized.mode === 'extractive' ? [EXTRACTIVE] : engines(written.results, chain),
    },
    coverage: { ...base.minutes.coverage, ...written.coverage },
    degradations: [...others, ...degradations],
    cost: {
      ...base.minutes.cost,
      entries: Object.values(states).reduce((sum, count) => sum + count, 0),
      inDoubt: states.in_doubt,
    },
  };
  const status = isWhole(minutes) ? 'complete' : 'partial';
  if (!lacksNoMore({ ...minutes, status }, base.minutes)) {
    const reason = degradations.at(-1)?.reason ?? 'sections are missing';
    throw revisionRefused(
      `the new summary would lack what the minutes have (${reason}): they stay as they are; what was answered is kept, so asking again pays only for the rest`,
    );
  }
  const provenance = provenanceOfSummary({ mode: summarized.mode, ...written.calls });
  return {
    minutes: { ...minutes, status },
    transcript: base.transcript,
    provenance: base.provenance && { ...base.provenance, summary: provenance },
  };
}
