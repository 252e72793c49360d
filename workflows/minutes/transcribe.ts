import { ApplicationFailure, patched } from '@temporalio/workflow';
import type { DoubtedStretch, ItemFailure, PreparedRecording } from '../contracts/activities.ts';
import { clock } from '../contracts/clock.ts';
import { FAILURES } from '../contracts/failures.ts';
import type { JobReference } from '../contracts/jobs.ts';
import { CHUNKS_PER_WINDOW } from '../contracts/names.ts';
import type { RecordedTarget, TargetFailure } from '../contracts/targets.ts';
import { mapBounded } from '../map-bounded.ts';
import { isAboutCredentials } from '../next-step.ts';
import { io, paid } from '../activities.ts';
import type { JobProgress } from './job-progress.ts';
import type { JobRun } from './job-run.ts';
import type { SectionsAhead } from './summarize-ahead.ts';

/** Chunks in flight: enough to keep a target busy, few enough for a small history and a quick cancellation. */
const WIDTH = 24;

/** After as many windows the job continues as new: 400 chunks that are answered at once are about 2,000 events. */
const WINDOWS_A_RUN = 2;

/**
 * Transcribes every chunk with speech, window by window. Each window's manifest holds its failures with their reasons. A
 * long recording continues as new between windows, or within one where its history became long. `ahead` hears of each
 * window that others follow; `diarized` is the call key of who spoke, where somebody tells.
 */
export async function transcribe(
  job: JobReference,
  prepared: PreparedRecording,
  targets: readonly RecordedTarget[],
  {
    progress,
    run,
    ahead,
    diarized,
  }: {
    readonly progress: JobProgress;
    readonly run: JobRun;
    readonly ahead: SectionsAhead;
    readonly diarized: () => Promise<string | undefined>;
  },
): Promise<{ windows: number }> {
  const { planKey, scratch, chunks } = prepared;
  const recording = { planKey, ...(scratch !== undefined && { scratch }) };
  const before = run.position.transcribe;
  const chain = progress.chain('transcribe', 'transcribe', targets, { before: before?.chain });
  if (before === undefined) progress.countItems('chunks', prepared.speechChunks);
  const windows = Math.ceil(chunks / CHUNKS_PER_WINDOW);
  const first = before?.window ?? 0;
  let failed = before?.failed ?? 0;
  if (first > 0) ahead.windowClosed(first, { planKey, diarized });

  for (let window = first; window < windows; window += 1) {
    const here = window === first ? before : undefined;
    const failures: ItemFailure[] = [...(here?.failures ?? [])];
    const unanswered = new Set(here?.unanswered);
    const done = here?.done ?? progress.doneOf('chunks');

    /** Once, whatever comes of it: what stays in doubt after that is a gap, or marked in the transcript. */
    const askAgain = async (doubt: DoubtedStretch): Promise<void> => {
      if (!patched('ask-again')) return;
      const { index, stretch, start, end } = doubt;
      const outcome = await chain.run((target, last) =>
        paid
          .transcribe(target, `part of chunk ${index + 1} again, ${clock(start)}-${clock(end)}`)
          .transcribeChunk({ ...job, ...recording, target, last, index, stretch }),
      );
      if (!outcome.ok) unanswered.add(stretchName(doubt));
    };
    const from = window * CHUNKS_PER_WINDOW;
    const range = { ...job, planKey, from, to: Math.min(from + CHUNKS_PER_WINDOW, chunks) };
    const { pending, held, heldBy, doubts = [] } = await io.lookUpChunks(range);
    progress.setDone('chunks', done + held);
    heldBy?.forEach(chain.noteAnswer);

    const isLong = (): boolean => run.isLong();
    const isNew = ({ index }: { readonly index: number }): boolean =>
      !failures.some((failure) => failure.index === index);
    await mapBounded(
      pending.filter(isNew),
      WIDTH,
      async ({ index, start, end }) => {
        const outcome = await chain.run((target, last) =>
          paid
            .transcribe(target, `chunk ${index + 1} of ${chunks}, ${clock(start)}-${clock(end)}`)
            .transcribeChunk({ ...job, ...recording, target, last, index }),
        );
        if (!outcome.ok) {
          stopAtCredentials(outcome.failure);
          failures.push({ index, reason: outcome.failure.type });
          return;
        }
        progress.itemsDone('chunks');
        // After a new start the look-up finds what is left of them.
        for (const doubt of outcome.value.doubts ?? []) {
          if (isLong()) return;
          await askAgain(doubt);
        }
      },
      isLong,
    );
    const toAsk = doubts.filter((doubt) => !unanswered.has(stretchName(doubt)));
    await mapBounded(toAsk, WIDTH, askAgain, isLong);
    if (isLong()) {
      const left = { failures, unanswered: [...unanswered] };
      const beside = await ahead.position();
      await run.continueAsNew({
        transcribe: { chain: chain.memory(), window, failed, done, ...left, ...beside },
      });
    }
    const closed = await io.closeWindow({ ...range, failures });
    failed += closed.failed;

    const isLast = window + 1 === windows;
    if (!isLast && (window + 1) % WINDOWS_A_RUN === 0 && run.isFree()) {
      const next = { window: window + 1, failed, done: progress.doneOf('chunks') };
      const beside = await ahead.position();
      await run.continueAsNew({
        transcribe: { chain: chain.memory(), ...next, failures: [], unanswered: [], ...beside },
      });
    }
    if (!isLast) ahead.windowClosed(window + 1, { planKey, diarized });
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

const stretchName = ({ index, stretch }: DoubtedStretch): string =>
  `${index}@${stretch.startSample}`;

/** Only the operator can fix an account: the job stops, and a retry continues from the stored answers. */
function stopAtCredentials(failure: TargetFailure): void {
  if (!isAboutCredentials(failure)) return;
  throw ApplicationFailure.nonRetryable(failure.message, failure.type);
}
