import {
  CancellationScope,
  condition,
  defineSignal,
  patched,
  setHandler,
} from '@temporalio/workflow';
import type { PreparedRecording, ReadyChunks } from '../contracts/transcribing.ts';
import type { JobReference } from '../contracts/jobs.ts';
import { CHUNKS_READY_SIGNAL } from '../contracts/names.ts';
import type { Chains, RecordedTarget } from '../contracts/targets.ts';
import { media } from '../activities.ts';
import type { JobProgress } from './job-progress.ts';
import type { JobRun } from './job-run.ts';

/** A recording, as far as it is prepared. */
export interface Recording {
  /** Null: it is still being prepared. */
  readonly whole: PreparedRecording | null;
  /** Waits until more than that many chunks are ready, or all are. */
  readonly ready: (chunks: number) => Promise<ReadyChunks>;
  /** Waits until all of it is prepared. */
  readonly prepared: () => Promise<PreparedRecording>;
}

/** In histories without this marker a recording is prepared before anything else is done with it. */
const AHEAD = 'chunks-ahead';

/**
 * Has the recording prepared, and does `work` meanwhile with what is ready of it. Where one of the two fails, the other
 * is cancelled and waited for.
 */
export async function whilePreparing<T>(
  job: JobReference,
  chains: Chains,
  { progress, run }: { readonly progress: JobProgress; readonly run: JobRun },
  work: (recording: Recording) => Promise<T>,
): Promise<T> {
  const isAhead = run.results.prepared === undefined && patched(AHEAD);
  const prepare = () =>
    run.once('prepared', () =>
      progress.runStage('prepare', () =>
        media.prepareRecording({
          ...job,
          chunkLimitSeconds: chunkLimitSeconds(chains.transcribe),
          ...((chains.diarize ?? []).length > 0 && { speakers: true }),
          ...(isAhead && { tellsReady: true }),
        }),
      ),
    );
  if (!isAhead) return await work(wholeRecording(await prepare()));

  return await CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const preparing = prepare();
    run.waitFor(preparing);
    const count = ({ speechChunks }: PreparedRecording): void =>
      progress.expectItems('chunks', speechChunks, { isAll: true });
    void preparing.then(count, () => undefined);
    const working = work(growingRecording(preparing));
    try {
      const [value] = await Promise.all([working, preparing]);
      return value;
    } catch (error) {
      scope.cancel();
      await Promise.allSettled([working, preparing]);
      throw error;
    }
  });
}

const wholeRecording = (whole: PreparedRecording): Recording => ({
  whole,
  ready: () => Promise.resolve(whole),
  prepared: () => Promise.resolve(whole),
});

/** Where preparing fails, whoever waits for more goes on waiting until it is cancelled. */
function growingRecording(preparing: Promise<PreparedRecording>): Recording {
  let whole: PreparedRecording | null = null;
  let first: ReadyChunks | null = null;
  setHandler(defineSignal<[ReadyChunks]>(CHUNKS_READY_SIGNAL), (ready) => {
    // A later attempt of the activity tells some of it again.
    if (ready.chunks > (first?.chunks ?? 0)) first = ready;
  });
  void preparing.then(
    (prepared) => (whole = prepared),
    () => undefined,
  );
  const known = (): ReadyChunks | null => whole ?? first;
  return {
    get whole() {
      return whole;
    },
    ready: async (chunks) => {
      await condition(() => whole !== null || (first?.chunks ?? 0) > chunks);
      return known() ?? (await preparing);
    },
    prepared: async () => {
      await condition(() => whole !== null);
      return await preparing;
    },
  };
}

/** The longest chunk that every target takes, 300 s at most: the whole chain uses one plan. */
function chunkLimitSeconds(targets: readonly RecordedTarget[]): number {
  return Math.min(300, ...targets.map(({ audioSeconds }) => audioSeconds ?? 300));
}
