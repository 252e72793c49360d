import { ApplicationFailure, patched } from '@temporalio/workflow';
import type { DoubtedStretch, ItemFailure, PreparedRecording } from '../contracts/activities.ts';
import { clock } from '../contracts/clock.ts';
import { FAILURES } from '../contracts/failures.ts';
import type { JobReference } from '../contracts/jobs.ts';
import { CHUNKS_PER_WINDOW } from '../contracts/names.ts';
import type { RecordedTarget } from '../contracts/targets.ts';
import { mapBounded } from '../map-bounded.ts';
import { isAboutCredentials, type TargetFailure } from '../next-step.ts';
import { io, paid } from '../activities.ts';
import type { JobProgress } from './job-progress.ts';

/** Chunks in flight: enough to keep a target busy, few enough for a small history and a quick cancellation. */
const WIDTH = 24;

/** Transcribes every chunk with speech, window by window. Each window's manifest holds its failures with their reasons. */
export async function transcribe(
  job: JobReference,
  prepared: PreparedRecording,
  targets: readonly RecordedTarget[],
  progress: JobProgress,
): Promise<{ windows: number }> {
  const { planKey, scratch, chunks } = prepared;
  const recording = { planKey, ...(scratch !== undefined && { scratch }) };
  const chain = progress.chain('transcribe', 'transcribe', targets);
  progress.countItems('chunks', prepared.speechChunks);
  const windows = Math.ceil(chunks / CHUNKS_PER_WINDOW);
  let failed = 0;

  /** Once, whatever comes of it: what stays in doubt after that is a gap, or marked in the transcript. */
  const askAgain = async ({ index, stretch, start, end }: DoubtedStretch): Promise<void> => {
    if (!patched('ask-again')) return;
    await chain.run((target, last) =>
      paid
        .transcribe(target, `part of chunk ${index + 1} again, ${clock(start)}-${clock(end)}`)
        .transcribeChunk({ ...job, ...recording, target, last, index, stretch }),
    );
  };

  for (let window = 0; window < windows; window += 1) {
    const from = window * CHUNKS_PER_WINDOW;
    const range = { ...job, planKey, from, to: Math.min(from + CHUNKS_PER_WINDOW, chunks) };
    const { pending, held, heldBy, doubts = [] } = await io.lookUpChunks(range);
    progress.itemsDone('chunks', held);
    heldBy?.forEach(chain.noteAnswer);

    const failures: ItemFailure[] = [];
    await mapBounded(pending, WIDTH, async ({ index, start, end }) => {
      const outcome = await chain.run((target, last) =>
        paid
          .transcribe(target, `chunk ${index + 1} of ${chunks}, ${clock(start)}-${clock(end)}`)
          .transcribeChunk({ ...job, ...recording, target, last, index }),
      );
      if (outcome.ok) {
        progress.itemsDone('chunks');
        for (const doubt of outcome.value.doubts ?? []) await askAgain(doubt);
        return;
      }
      stopAtCredentials(outcome.failure);
      failures.push({ index, reason: outcome.failure.type });
    });
    await mapBounded(doubts, WIDTH, askAgain);
    const closed = await io.closeWindow({ ...range, failures });
    failed += closed.failed;
  }

  if (failed === prepared.speechChunks) {
    const reason = chain.end()?.message ?? 'each was refused, or answered without a word';
    throw ApplicationFailure.nonRetryable(
      `not one of ${failed} chunks could be transcribed: ${reason}`,
      FAILURES.TranscriptionFailed,
    );
  }
  return { windows };
}

/** Only the operator can fix an account: the job stops, and a retry continues from the stored answers. */
function stopAtCredentials(failure: TargetFailure): void {
  if (!isAboutCredentials(failure)) return;
  throw ApplicationFailure.nonRetryable(failure.message, failure.type);
}
