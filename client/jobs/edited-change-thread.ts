import { parentPort, workerData } from 'node:worker_threads';
import { createObjectStore } from '../../adapters/object-store/object-store.ts';
import { clientS3Options } from '../service-connections.ts';
import type { EditMessage, EditTask } from './edited-change-apart.ts';
import { editedChange } from './edited-change.ts';

// The thread that `editedChangeApart` starts, for one file. Its errors go back by name and message: nothing else of them passes.
const { path, row, madeFrom, env }: EditTask = workerData;
const store = createObjectStore(clientS3Options(env));

function tell(message: EditMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage(message);
}

try {
  tell({ edited: await editedChange(path, row, { store, madeFrom }) });
} catch (error) {
  if (!(error instanceof Error)) throw error;
  tell({ error: { name: error.name, message: error.message } });
} finally {
  store.close();
}
