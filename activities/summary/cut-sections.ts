import { ApplicationFailure } from '@temporalio/common';
import { digestOf } from '../../adapters/identity/digest.ts';
import { sectionsKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import type { Dependencies } from '../dependencies.ts';
import { languageOf, readJobInput, readTranscript } from '../job/read-job-input.ts';
import { readEarlierCuts } from './earlier-cuts.ts';
import { findSummaries } from './find-summaries.ts';
import { outlineKey } from './outline.ts';
import { readOutline } from './read-template.ts';
import {
  cutTranscript,
  halveSection,
  sectionsSchema,
  TemplateTooLongError,
  type Section,
} from './sections.ts';
import { possibleSpeakers } from './speaker-question.ts';
import { chainCounter } from './token-budget.ts';

/**
 * Cuts the transcript once a job. Each next generation halves the sections that were too long for a provider and
 * keeps the others, so that their answers stay valid. For the same reason the sections of earlier cuts are kept where the
 * transcript has their words: a tokenizer that became available since then would cut it elsewhere, and so would a word
 * that a person put in. Names the summaries that are stored already: of an earlier run, or made ahead while the recording
 * was transcribed.
 */
export const cutSections =
  (deps: Dependencies): Activities['cutSections'] =>
  async ({ tenant, jobId, revision, generation, contextTokens, halve }) => {
    const { store } = deps;
    const keyOf = (which: number) => sectionsKey(tenant, jobId, which, contextTokens, revision);
    const reference = { tenant, jobId, revision };
    const job = await readJobInput(store, reference);
    const transcript = await readTranscript(store, reference);
    const language = languageOf(job, transcript);
    const outline = await readOutline(store, job, language);
    const factsOf = async (sections: readonly Section[]) => ({
      sections: sections.map(({ start, end }) => ({ start, end })),
      // Of more the names are too long for a result, and each call finds its answer by itself.
      ...(sections.length <= MOST_NAMED && {
        held: await findSummaries(deps, job, sections, { language, outline }),
      }),
    });
    let sections: Section[];
    let cutFor: string;
    let transcriptSha256: string | null = null;
    if (generation === 0) {
      cutFor = outlineKey(outline);
      transcriptSha256 = digestOfTranscript(transcript);
      const earlier = await readEarlierCuts(
        store,
        { tenant, jobId, contextTokens, revision },
        cutFor,
      );
      // A revision cuts what the job has cut, unless somebody corrected it.
      const same = earlier.find((one) => one.transcriptSha256 === transcriptSha256);
      if (same === undefined) {
        const attendees = possibleSpeakers(job);
        const within = { contextTokens, count: await chainCounter(deps), outline, attendees };
        sections = orTooLong(() => cutTranscript(transcript, within, earlier));
      } else sections = [...same.sections];
    } else {
      const before = await store.getJson(keyOf(generation - 1), sectionsSchema);
      cutFor = before.outline;
      sections = before.sections
        .flatMap((section) =>
          halve.includes(section.index) ? (halveSection(section) ?? [section]) : [section],
        )
        .map((section, index) => ({ ...section, index }));
    }
    const cut = { schemaVersion: 1, contextTokens, transcriptSha256, outline: cutFor, sections };
    await store.putJson(keyOf(generation), cut);
    return await factsOf(sections);
  };

/** Sections whose stored answers are named: at most 300,000 characters. */
const MOST_NAMED = 2_000;

/** Without where each segment was heard: cuts of earlier versions do not know, and nothing is cut by it. */
const digestOfTranscript = ({ segments, ...transcript }: Transcript): string =>
  digestOf({
    ...transcript,
    segments: segments.map(({ chunk: _chunk, again: _again, ...segment }) => segment),
  });

/** The next try would find the same template. */
export function orTooLong<T>(cut: () => T): T {
  try {
    return cut();
  } catch (error) {
    if (!(error instanceof TemplateTooLongError)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, FAILURES.TemplateTooLong);
  }
}
