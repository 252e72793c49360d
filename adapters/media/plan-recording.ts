import { Worker } from 'node:worker_threads';
import type { ChunkPlan, HeardSound } from '../../workflows/contracts/chunk-plan.ts';

export interface PlanningTask {
  /** s16le at 16 kHz mono: all tracks, one after the other. */
  readonly pcmPath: string;
  readonly sound: HeardSound;
  readonly preparationVersion: number;
  readonly limitSeconds: number;
  readonly sourceSha256: string;
}

export type ThreadMessage = { readonly doneSeconds: number } | { readonly plan: ChunkPlan };

/**
 * Finds the voice in a recording and plans its chunks, in a thread of its own: a long one is minutes of work, and the
 * process goes on answering and sending heartbeats meanwhile. The thread ends with the call, and its memory with it.
 * Throws the signal's reason at once, and what the thread throws.
 */
export async function planRecording(
  input: PlanningTask & {
    readonly signal?: AbortSignal | undefined;
    /** Called with the seconds of the recording that have been looked at once. */
    readonly onProgress?: (doneSeconds: number) => void;
  },
): Promise<ChunkPlan> {
  const { signal, onProgress, ...task } = input;
  signal?.throwIfAborted();
  const thread = new Worker(new URL('./plan-recording-thread.ts', import.meta.url), {
    workerData: task,
  });
  const { promise, resolve, reject } = Promise.withResolvers<ChunkPlan>();
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', abort);
  thread.on('message', (message: ThreadMessage) => {
    if ('plan' in message) resolve(message.plan);
    else onProgress?.(message.doneSeconds);
  });
  thread.once('error', reject);
  thread.once('exit', () => reject(new Error('the thread that plans a recording ended early')));
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    await thread.terminate();
  }
}
