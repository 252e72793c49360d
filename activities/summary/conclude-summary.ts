import { summaryKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Summarized } from '../../workflows/contracts/summarizing.ts';
import { summarySchema } from '../../workflows/contracts/minutes.ts';
import type { SpeakerClaim, SummaryDraft } from '../../workflows/contracts/summary-draft.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import type { Dependencies } from '../dependencies.ts';
import { extractiveDraft } from './extractive-summary.ts';
import { verifyDraft } from './verify-citations.ts';
import { languageOf, readJobInput, readTranscript, type Job } from '../job/read-job-input.ts';
import { heardNames, withHeardNames } from '../speakers/heard-names.ts';
import { readNames } from '../speakers/speaker-names.ts';
import type { Outline } from './outline.ts';
import { partialKeys, readDrafts, readSpeakerClaims } from './partial-summaries.ts';
import { readOutline } from './read-template.ts';
import { possibleSpeakers } from './speaker-question.ts';
import { statementsOf } from './statements-of.ts';

/** Writes the summary with verified citations and resolved owners and dates. */
export const concludeSummary =
  ({ store }: Dependencies): Activities['concludeSummary'] =>
  async (summarized) => {
    const job = await readJobInput(store, summarized);
    const transcript = await readTranscript(store, job);
    const outline = await readOutline(store, job, languageOf(job, transcript));
    const draft = await draftOf(store, job, { transcript, outline, summarized });
    const given = { names: job.names ?? (await readNames(store, job)) };
    const heard = heardNames(transcript, await speakerClaims(store, job, { outline, summarized }), {
      attendees: job.options.attendees,
      ...given,
    });
    const { names } = withHeardNames(given, heard);
    const summary = verifyDraft(draft, transcript, {
      ...job.options,
      names,
      outline,
      language: languageOf(job, transcript),
    });
    await store.putJson(summaryKey(job.tenant, job.jobId, job.revision), {
      schemaVersion: 1,
      ...summarySchema.parse({ ...summary, ...(heard.length > 0 && { heardNames: heard }) }),
    });
    const statements = statementsOf(summary);
    return {
      statements: statements.length,
      verified: statements.filter(({ verified }) => verified).length,
    };
  };

async function draftOf(
  store: ObjectStore,
  job: Job,
  of: {
    readonly transcript: Transcript;
    readonly outline: Outline;
    readonly summarized: Summarized;
  },
): Promise<SummaryDraft> {
  const { transcript, outline, summarized } = of;
  if (summarized.mode === 'extractive') {
    return extractiveDraft(transcript.segments, transcript.language, outline);
  }
  const partials = await partialKeys(store, job, summarized);
  const [draft] = await readDrafts(store, job, partials.slice(0, 1), outline);
  if (draft === undefined || partials.length > 1) {
    throw new RangeError(`level ${summarized.level} has ${partials.length} summaries, not one`);
  }
  return draft;
}

/** Of all sections: an answer that joins them is not asked who speaks. */
async function speakerClaims(
  store: ObjectStore,
  job: Job,
  { outline, summarized }: { readonly outline: Outline; readonly summarized: Summarized },
): Promise<SpeakerClaim[]> {
  if (summarized.mode !== 'model' || possibleSpeakers(job).length === 0) return [];
  const keys = await partialKeys(store, job, { ...summarized, level: 0 });
  return await readSpeakerClaims(store, job, keys, outline);
}
