import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Environment } from '../../adapters/settings/environment.ts';
import type { Edited } from '../../workflows/contracts/edited.ts';
import { editedChange } from './edited-change.ts';

export interface EditTask {
  readonly path: string;
  readonly row: JobRow;
  readonly madeFrom: number | undefined;
  readonly env: Environment;
}

export type EditMessage =
  | { readonly edited: Edited | null }
  | { readonly error: { readonly name: string; readonly message: string } };

/**
 * `editedChange`, in a thread of its own where the file is large: reading and comparing 32 MB takes seconds, in which a
 * process that serves others would answer nobody.
 */
export async function editedChangeApart(
  task: EditTask,
  store: Pick<ObjectStore, 'getJson'>,
): Promise<Edited | null> {
  const { path, row, madeFrom } = task;
  const { size } = await stat(path);
  if (size <= SMALL_BYTES) return await editedChange(path, row, { store, madeFrom });
  const thread = new Worker(new URL('./edited-change-thread.ts', import.meta.url), {
    workerData: task,
  });
  const { promise, resolve, reject } = Promise.withResolvers<EditMessage>();
  thread.once('message', resolve);
  thread.once('error', reject);
  thread.once('exit', () => reject(new Error('the thread that reads an edited file ended early')));
  try {
    const message = await promise;
    if ('edited' in message) return message.edited;
    throw Object.assign(new Error(message.error.message), { name: message.error.name });
  } finally {
    await thread.terminate();
  }
}

/** Takes less time than a thread needs to start. */
const SMALL_BYTES = 1_000_000;
