import { ApplicationFailure, patched } from '@temporalio/workflow';
import type { ChunksToDo, DoubtedStretch, WindowOfChunks } from '../contracts/transcribing.ts';
import type { ItemFailure } from '../contracts/paid-activity.ts';
import { clock } from '../contracts/clock.ts';
import { FAILURES } from '../contracts/failures.ts';
import type { JobReference } from '../contracts/jobs.ts';
import { CHUNKS_PER_WINDOW } from '../contracts/names.ts';
import type { RecordedTarget, TargetFailure } from '../contracts/targets.ts';
import { mapBounded } from '../map-bounded.ts';
import { isAboutCredentials } from '../next-step.ts';
import { io, paid } from '../activities.ts';
import type { JobProgress, RoleChain } from './job-progress.ts';
import type { JobRun } from './job-run.ts';
import type { Recording } from './prepare.ts';
import type { SectionsAhead } from './summarize-ahead.ts';

/** Chunks in flight: enough to keep a target busy, few enough for a small history and a quick cancellation. */
const WIDTH = 24;

/** After as many windows the job continues as new: 400 chunks that are answered at once are about 2,000 events. */
const WINDOWS_A_RUN = 2;

/**
 * Transcribes every chunk with speech, window by window, as far as the recording is prepared. Each window's manifest holds
 * its failures with their reasons. A long recording continues as new between windows, or within one where its history
 * became long. `ahead` hears of each window that others follow; `diarized` is the call key of who spoke, where somebody
 * tells.
 */
export async function transcribe(
  job: JobReference,
  recording: Recording,
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
  const before = run.position.transcribe;
  const chain = progress.chain('transcribe', 'transcribe', targets, { before: before?.chain });
  if (before === undefined) progress.countItems('chunks', 0);
  const first = before?.window ?? 0;
  let failed = before?.failed ?? 0;
  const windowsClosed = (windows: number): void => {
    // How much voice is left in the other windows is known when all is planned.
    const { whole } = recording;
    if (whole !== null) ahead.windowClosed(windows, { planKey: whole.planKey, diarized });
  };
  if (first > 0) windowsClosed(first);

  for (let window = first; ; window += 1) {
    const here = window === first ? before : undefined;
    const failures: ItemFailure[] = [...(here?.failures ?? [])];
    const unanswered = new Set(here?.unanswered);
    const done = here?.done ?? progress.doneOf('chunks');
    progress.setDone('chunks', done);
    const from = window * CHUNKS_PER_WINDOW;
    let ready = recording.whole ?? (await recording.ready(from));
    /** The first chunk that was not looked up. */
    let next = from;
    const doubts: DoubtedStretch[] = [];

    const rangeFrom = (start: number): WindowOfChunks => {
      const to = Math.min(from + CHUNKS_PER_WINDOW, ready.chunks);
      return { ...job, planKey: ready.planKey, from: start, to };
    };
    /** Gives the chunks of a part of the window that nobody has answered and nobody was asked about in vain. */
    const taken = (range: WindowOfChunks, found: ChunksToDo): ChunksToDo['pending'] => {
      next = range.to;
      const { speechChunks } = recording.whole ?? ready;
      progress.expectItems('chunks', speechChunks, { isAll: recording.whole !== null });
      progress.itemsDone('chunks', found.held);
      found.heldBy?.forEach(chain.noteAnswer);
      doubts.push(...(found.doubts ?? []));
      return found.pending.filter(
        ({ index }) => !failures.some((failure) => failure.index === index),
      );
    };
    /** The chunks of the window that become ready meanwhile. */
    const more = async (): Promise<ChunksToDo['pending'] | null> => {
      if (next === from + CHUNKS_PER_WINDOW || ready === recording.whole) return null;
      ready = await recording.ready(next);
      const range = rangeFrom(next);
      return taken(range, await io.lookUpChunks(range));
    };
    const audio = () => {
      const { planKey, scratch } = ready;
      return { planKey, ...(scratch !== undefined && { scratch }) };
    };

    /** Once, whatever comes of it: what stays in doubt after that is a gap, or marked in the transcript. */
    const askAgain = async (doubt: DoubtedStretch): Promise<void> => {
      if (!patched('ask-again')) return;
      const { index, stretch, start, end } = doubt;
      const outcome = await chain.run((target, last) =>
        paid
          .transcribe(target, `part of chunk ${index + 1} again, ${clock(start)}-${clock(end)}`)
          .transcribeChunk({ ...job, ...audio(), target, last, index, stretch }),
      );
      if (!outcome.ok) unanswered.add(stretchName(doubt));
    };
    let isEnough = false;
    // What stops one lane stops all, and the window stays open.
    const isLong = (): boolean => (isEnough ||= run.isLong());
    const range = rangeFrom(from);
    const found = await io.lookUpChunks(range);
    await mapBounded(
      taken(range, found),
      WIDTH,
      async ({ index, start, end }) => {
        const of = recording.whole === null ? '' : ` of ${recording.whole.chunks}`;
        const outcome = await chain.run((target, last) =>
          paid
            .transcribe(target, `chunk ${index + 1}${of}, ${clock(start)}-${clock(end)}`)
            .transcribeChunk({ ...job, ...audio(), target, last, index }),
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
      ready === recording.whole ? null : more,
    );
    const askOpen = async (open: readonly DoubtedStretch[]): Promise<void> => {
      const toAsk = open.filter((doubt) => namesOf(doubt).every((name) => !unanswered.has(name)));
      await mapBounded(toAsk, WIDTH, askAgain, isLong);
      if (!isLong()) return;
      const left = { failures, unanswered: [...unanswered] };
      const beside = await ahead.position();
      await run.continueAsNew({
        transcribe: { chain: chain.memory(), window, failed, done, ...left, ...beside },
      });
    };
    await askOpen(doubts);
    let closed = await io.closeWindow({ ...rangeFrom(from), failures });
    // What is heard of one doubt may leave what stands beside it in doubt.
    for (const asked = new Set<string>(); ;) {
      const open = (closed.doubts ?? []).filter((doubt) => !asked.has(stretchName(doubt)));
      if (open.length === 0 || !patched('languages-in-doubt')) break;
      open.forEach((doubt) => asked.add(stretchName(doubt)));
      await askOpen(open);
      closed = await io.closeWindow({ ...rangeFrom(from), failures });
    }
    failed += closed.failed;

    const { chunks, speechChunks } = recording.whole ?? (await recording.ready(next));
    if (chunks === next) {
      if (failed === speechChunks) throw nothingHeard(failed, chain);
      return { windows: window + 1 };
    }
    if ((window + 1) % WINDOWS_A_RUN === 0 && run.isFree()) {
      const position = { window: window + 1, failed, done: progress.doneOf('chunks') };
      const beside = await ahead.position();
      await run.continueAsNew({
        transcribe: { chain: chain.memory(), ...position, failures: [], unanswered: [], ...beside },
      });
    }
    windowsClosed(window + 1);
  }
}

function nothingHeard(failed: number, chain: RoleChain): ApplicationFailure {
  const reason = chain.end()?.message ?? 'each was refused, or answered without a word';
  return ApplicationFailure.nonRetryable(
    `not one of ${failed} chunks could be transcribed: ${reason}`,
    FAILURES.TranscriptionFailed,
  );
}

const stretchName = ({ index, stretch }: DoubtedStretch): string =>
  `${index}@${stretch.startSample}-${stretch.endSample}`;

/** With the one by which a run of an older worker names it. */
const namesOf = (doubt: DoubtedStretch): readonly string[] => [
  stretchName(doubt),
  `${doubt.index}@${doubt.stretch.startSample}`,
];

/** Only the operator can fix an account: the job stops, and a retry continues from the stored answers. */
function stopAtCredentials(failure: TargetFailure): void {
  if (!isAboutCredentials(failure)) return;
  throw ApplicationFailure.nonRetryable(failure.message, failure.type);
}
