import { ApplicationFailure } from '@temporalio/common';
import { transcriptKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { Segment } from '../../workflows/contracts/transcript.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { detectLanguage } from './detect-language.ts';
import { mergeTranscript } from './merge-transcript.ts';
import { readHeard } from './read-heard.ts';

/** Merges the answers of all chunks into one transcript. A recording without any words counts as one without speech. */
export const assembleTranscript =
  ({ store }: Dependencies): Activities['assembleTranscript'] =>
  async (at) => {
    const { tenant, jobId } = at;
    const job = await readJobInput(store, at);
    const { plan, outcomes, settled, speakers } = await readHeard(store, job, at);
    const merged = mergeTranscript(plan, settled, job.options.language, speakers);
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
