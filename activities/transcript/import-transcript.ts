import { ApplicationFailure } from '@temporalio/common';
import { createHash } from 'node:crypto';
import { sourceKey, transcriptKey } from '../../adapters/object-store/keys.ts';
import { readTranscript } from '../../adapters/transcripts/transcript-file.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { readJobInput } from '../job/read-job-input.ts';
import { writeFirstNames } from '../speakers/speaker-names.ts';
import { toTranscript } from './to-transcript.ts';

/**
 * Makes the transcript of a job whose source is one. The client only claims that the file is usable, and its digest: both
 * are checked again.
 */
export const importTranscript =
  ({ store }: Dependencies): Activities['importTranscript'] =>
  async ({ tenant, jobId }) => {
    const { source, options } = await readJobInput(store, { tenant, jobId });
    const bytes = await store.get(sourceKey(tenant, source.sha256));
    if (createHash('sha256').update(bytes).digest('hex') !== source.sha256) {
      throw unusable("is not the one with the job's SHA-256; submit the file again");
    }
    const { transcript, names } = toTranscript(read(bytes), options.language);
    await writeFirstNames(store, { tenant, jobId }, names);
    await store.putJson(transcriptKey(tenant, jobId), transcript);
    return {
      language: transcript.language,
      segments: transcript.segments.length,
      characters: transcript.segments.reduce((sum, { text }) => sum + text.length, 0),
      gaps: 0,
    };
  };

function read(bytes: Uint8Array) {
  try {
    return readTranscript(bytes, 'the transcript');
  } catch (error) {
    throw unusable('cannot be read; submit the file again', error);
  }
}

const unusable = (what: string, cause?: unknown): ApplicationFailure =>
  ApplicationFailure.create({
    message: `the stored transcript ${what}`,
    type: FAILURES.UnreadableTranscript,
    nonRetryable: true,
    ...(cause instanceof Error && { cause }),
  });
