import { Worker } from 'node:worker_threads';
import type { Diarization } from './diarize-recording.ts';

export interface DiarizerOptions {
  /** A Python with numpy and onnxruntime. */
  readonly python: string;
  /** The folder of `segmentation.onnx` and `voice.onnx`. */
  readonly modelFolder: string;
  readonly ffmpeg: string;
}

export interface DiarizationTask extends DiarizerOptions {
  /** Of the recording. */
  readonly path: string;
  /** Null: not known. */
  readonly speakers: number | null;
}

/** Handles one recording at a time and queues the others. */
export interface Diarizer {
  /** Sent as `x-sha`, so that nobody mistakes one engine for another. */
  readonly name: string;
  readonly diarize: (task: Pick<DiarizationTask, 'path' | 'speakers'>) => Promise<Diarization>;
  /** Ends the work that is running. */
  readonly close: () => Promise<void>;
}

/**
 * Speakers by pyannote's segmentation 3.0 and the voices of CAM++. A recording is worked on in a thread of its own with a
 * process for the networks, and both end with it: an hour takes minutes, and the server goes on answering meanwhile.
 */
export function createDiarizer(options: DiarizerOptions): Diarizer {
  const running = new Set<Worker>();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    name: 'segmentation-3.0-campplus',
    diarize: (task) => {
      const call = last.then(() => {
        if (closed) throw new Error('the diarizer is closed');
        return runThread({ ...options, ...task }, running);
      });
      last = call.catch(() => undefined);
      return call;
    },
    close: async () => {
      closed = true;
      await Promise.all([...running].map((thread) => thread.terminate()));
    },
  };
}

async function runThread(task: DiarizationTask, running: Set<Worker>): Promise<Diarization> {
  const thread = new Worker(new URL('./diarizer-thread.ts', import.meta.url), { workerData: task });
  running.add(thread);
  const { promise, resolve, reject } = Promise.withResolvers<Diarization>();
  thread.once('message', resolve);
  thread.once('error', reject);
  const ended = new Promise<void>((resolveEnd) => thread.once('exit', () => resolveEnd()));
  void ended.then(() => reject(new Error('the thread that finds speakers ended early')));
  try {
    return await promise;
  } finally {
    // It ends by itself once its process has ended: one whose thread was stopped before would stay as a zombie.
    await ended;
    running.delete(thread);
  }
}
