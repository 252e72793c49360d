import { summaryKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Summarized } from '../../workflows/contracts/summarizing.ts';
import { summarySchema, type Engine, type Summary } from '../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import type { Job } from '../job/read-job-input.ts';
import { EXTRACTIVE_LABEL } from '../summary/extractive-summary.ts';
import {
  readSections,
  readSummaryAnswers,
  readSummaryCalls,
} from '../summary/partial-summaries.ts';
import { sectionCalls } from './provenance.ts';

/** The engine of a summary that no target made. */
export const EXTRACTIVE: Engine = {
  target: 'extractive-v1',
  model: 'extractive-v1',
  provider: null,
  items: 1,
  label: EXTRACTIVE_LABEL,
};

/** The summary with the answers behind it and what it covers, as far as there is one. */
export async function readSummarized(
  store: ObjectStore,
  job: Job,
  summarized: Summarized,
  { segments, durationSeconds }: Transcript,
) {
  const { mode, failedSections } = summarized;
  const characters = segments.reduce((sum, { text }) => sum + text.length, 0);
  const whole = {
    summarizedCharacters: characters,
    transcriptCharacters: characters,
    sections: 1,
    failedSections: [],
  };
  if (mode === 'none') {
    const reason = failedSections[0]?.reason ?? 'failed';
    const lost = [{ start: 0, end: durationSeconds, reason }];
    const coverage = { ...whole, summarizedCharacters: 0, failedSections: lost };
    return { summary: NO_SUMMARY, results: [], calls: NO_CALLS, coverage };
  }
  const summary = await store.getJson(
    summaryKey(job.tenant, job.jobId, job.revision),
    summarySchema,
  );
  if (mode === 'extractive') return { summary, results: [], calls: NO_CALLS, coverage: whole };

  const calls = await readSummaryCalls(store, job, summarized);
  const sections = await readSections(store, summarized);
  const reasons = new Map(failedSections.map(({ index, reason }) => [index, reason]));
  const answered = sections.filter(({ index }) => !reasons.has(index));
  return {
    summary,
    results: await readSummaryAnswers(store, job, calls),
    calls: { sections: sectionCalls(sections, reasons, calls.sections), joins: calls.joins },
    coverage: {
      ...whole,
      summarizedCharacters: answered.reduce((sum, section) => sum + section.characters, 0),
      sections: sections.length,
      failedSections: sections.flatMap(({ index, start, end }) => {
        const reason = reasons.get(index);
        return reason === undefined ? [] : [{ start, end, reason }];
      }),
    },
  };
}

const NO_CALLS = { sections: [], joins: [] };

const NO_SUMMARY: Summary = {
  summary: '',
  keyPoints: [],
  decisions: [],
  openQuestions: [],
  actionItems: [],
};
