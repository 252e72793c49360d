import { ApplicationFailure } from '@temporalio/common';
import { transcriptKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { Segment } from '../../workflows/contracts/transcript.ts';
import type { Dependencies } from '../dependencies.ts';
import { readDiarization } from '../speakers/read-diarization.ts';
import { whoSpoke } from '../speakers/who-spoke.ts';
import { detectLanguage } from './detect-language.ts';
import { mergeTranscript } from './merge-transcript.ts';
import { readAnswers, settleAnswers } from './read-answers.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { readOutcomes } from '../recording/close-window.ts';
import { readPlan } from '../recording/read-plan.ts';

/** Merges the answers of all chunks into one transcript. A recording without any words counts as one without speech. */
export const assembleTranscript =
  ({ store }: Dependencies): Activities['assembleTranscript'] =>
  async ({ tenant, jobId, planKey, windows, diarized }) => {
    const job = await readJobInput(store, { tenant, jobId });
    const plan = await readPlan(store, planKey);
    const outcomes = await readOutcomes(store, { tenant, jobId }, windows);
    const { language } = job.options;
    const settled = settleAnswers(plan, await readAnswers(store, outcomes), language);
    const turns = (await readDiarization(store, job, diarized))?.turns ?? null;
    const merged = mergeTranscript(plan, settled, language, whoSpoke(plan, turns));
    // Short answers that leave their language open one by one, tell it together.
    const spoken = merged.language ?? detectLanguage(merged.segments.map(textOf).join(' '));
    const transcript = { ...merged, language: spoken };
    if (transcript.segments.length === 0) {
      throw ApplicationFailure.nonRetryable(
        `not one word was understood in ${transcript.durationSeconds} s of audio`,
        FAILURES.NoSpeech,
      );
    }
    await store.putJson(transcriptKey(tenant, jobId), transcript);
    return {
      language: transcript.language,
      segments: transcript.segments.length,
      characters: transcript.segments.reduce((sum, segment) => sum + textOf(segment).length, 0),
      gaps:
        outcomes.filter(({ outcome }) => outcome === 'failed').length +
        [...settled.values()].flatMap(({ wordless }) => wordless).length +
        (plan.sound?.tracks.flatMap(({ damage }) => damage).length ?? 0),
    };
  };

const textOf = ({ text }: Segment): string => text;
