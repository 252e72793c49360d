import { Worker } from 'node:worker_threads';
import type { ChunkPlan, HeardSound, PlannedChunk } from '../../workflows/contracts/chunk-plan.ts';

export interface PlanningTask {
  /** s16le at 16 kHz mono: all tracks, one after the other. */
  readonly pcmPath: string;
  readonly sound: HeardSound;
  readonly preparationVersion: number;
  readonly limitSeconds: number;
  readonly sourceSha256: string;
  /** The first chunks of a recording with one track, where they are fixed already. */
  readonly before?: readonly PlannedChunk[] | undefined;
  /** The caller wants to hear of chunks that are settled before the plan is whole. */
  readonly tellsSettled?: boolean;
}

export type ThreadMessage =
  | { readonly doneSeconds: number }
  | { readonly settled: readonly PlannedChunk[] }
  | { readonly plan: ChunkPlan };

interface Planning extends Omit<PlanningTask, 'tellsSettled'> {
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that have been looked at once. */
  readonly onProgress?: (doneSeconds: number) => void;
  /**
   * Called about a dozen times a day of audio with the first chunks of the plan, each time with more: all of them are in
   * the plan at last. Never called for several tracks, which are cut when all is heard.
   */
  readonly onSettled?: ((first: readonly PlannedChunk[]) => void) | undefined;
}

export interface Planner extends AsyncDisposable {
  /** Finds the voice in a recording and plans its chunks. Throws the signal's reason at once, and what the thread throws. */
  readonly plan: (input: Planning) => Promise<ChunkPlan>;
}

/**
 * Starts a thread that plans one recording: a long one is minutes of work, and the process goes on answering and sending
 * heartbeats meanwhile. The thread takes half a second to get ready, in which the recording can be decoded. It ends when it
 * is disposed of, and its memory with it.
 */
export function startPlanner(): Planner {
  const thread = new Worker(new URL('./plan-recording-thread.ts', import.meta.url));
  const ended = new Promise<never>((_resolve, reject) => {
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the thread that plans a recording ended early')));
  });
  // Whoever plans hears of it.
  ended.catch(() => undefined);
  return {
    plan: async ({ signal, onProgress, onSettled, ...task }) => {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<ChunkPlan>();
      const abort = (): void => reject(signal?.reason);
      signal?.addEventListener('abort', abort);
      thread.on('message', (message: ThreadMessage) => {
        if ('plan' in message) resolve(message.plan);
        else if ('settled' in message) onSettled?.(message.settled);
        else onProgress?.(message.doneSeconds);
      });
      const tellsSettled = onSettled !== undefined && task.sound.tracks.length === 1;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      thread.postMessage({ ...task, tellsSettled } satisfies PlanningTask);
      try {
        return await Promise.race([promise, ended]);
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await thread.terminate();
    },
  };
}

/** `Planner.plan` in a thread that ends with the call. */
export async function planRecording(input: Planning): Promise<ChunkPlan> {
  input.signal?.throwIfAborted();
  await using planner = startPlanner();
  return await planner.plan(input);
}
