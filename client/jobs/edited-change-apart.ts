import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Environment } from '../../adapters/settings/environment.ts';
import type { Edited } from '../../workflows/contracts/edited.ts';
import { editedChange } from './edited-change.ts';
import { UnusableEditError } from './read-edited-file.ts';
import { inTurn } from './in-turn.ts';

export interface EditTask {
  readonly path: string;
  readonly row: JobRow;
  readonly madeFrom: number | undefined;
  readonly env: Environment;
}

export type EditMessage =
  | { readonly edited: Edited | null }
  | { readonly error: { readonly name: string; readonly message: string } };

/** What a thread may take. */
interface ThreadLimits {
  readonly megabytes: number;
  readonly ms: number;
}

/**
 * `editedChange`, in a thread of its own where the file is large: reading and comparing 32 MB takes seconds, in which a
 * process that serves others would answer nobody. However such a file is made, few are read at once, and each takes only so
 * much time and memory; what would take more is an `UnusableEditError`.
 */
export async function editedChangeApart(
  task: EditTask,
  store: Pick<ObjectStore, 'getJson'>,
  limits: ThreadLimits = LIMITS,
): Promise<Edited | null> {
  const { path, row, madeFrom } = task;
  const { size } = await stat(path);
  if (size <= SMALL_BYTES) return await editedChange(path, row, { store, madeFrom });
  return await inThreadsTurn(async () => await inThread(task, limits));
}

const LIMITS: ThreadLimits = { megabytes: 1_024, ms: 45_000 };

const inThreadsTurn = inTurn(2);

async function inThread(task: EditTask, { megabytes, ms }: ThreadLimits): Promise<Edited | null> {
  const { path } = task;
  const thread = new Worker(new URL('./edited-change-thread.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
  });
  const { promise, resolve, reject } = Promise.withResolvers<EditMessage>();
  const tooMuch = (what: string) =>
    reject(new UnusableEditError(`${path} takes too much ${what} to read: no result is so large`));
  thread.once('message', resolve);
  thread.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') tooMuch('memory');
    else reject(error);
  });
  thread.once('exit', () => reject(new Error('the thread that reads an edited file ended early')));
  const timer = setTimeout(tooMuch, ms, 'time');
  try {
    const message = await promise;
    if ('edited' in message) return message.edited;
    throw Object.assign(new Error(message.error.message), { name: message.error.name });
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

/** Takes less time than a thread needs to start. */
const SMALL_BYTES = 1_000_000;
