import { fork } from 'node:child_process';
import type { Document } from '../document.ts';

export type OfficeFormat = 'docx' | 'pdf';

export interface OfficeTask {
  readonly format: OfficeFormat;
  readonly document: Document;
  /** The published PNG. */
  readonly picture: Uint8Array | null;
}

export type OfficeAnswer =
  { readonly body: Uint8Array } | { readonly error: { readonly name: string } };

/** A document could not be made. `name` is that of the error in the process that makes documents. */
class OfficeDocumentError extends Error {
  constructor(name: string, format: OfficeFormat) {
    super(`minutes.${format} could not be rendered: ${name}`);
    this.name = name;
  }
}

/**
 * Renders a document for the office in a process of its own, one at a time. 24 hours of transcript take about ten
 * seconds and a few hundred MB, most of it in native code: this process goes on sending heartbeats, the memory goes
 * back with the process, and a crash costs one file. Throws the signal's reason, or an `OfficeDocumentError`.
 */
export function renderApart(task: OfficeTask, signal?: AbortSignal): Promise<Uint8Array> {
  const made = last.then(async () => {
    signal?.throwIfAborted();
    return await render(task, signal);
  });
  last = made.catch(() => null);
  return made;
}

/** The one before; never rejects. */
let last: Promise<unknown> = Promise.resolve();

async function render(task: OfficeTask, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const child = fork(new URL('./office-process.ts', import.meta.url), {
    serialization: 'advanced',
    // It needs nothing of the environment, which holds credentials.
    env: {},
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const stop = (): void => {
    child.kill('SIGKILL');
    reject(signal?.reason);
  };
  signal?.addEventListener('abort', stop);
  child.once('message', (answer: OfficeAnswer) => {
    if ('body' in answer) resolve(answer.body);
    else reject(new OfficeDocumentError(answer.error.name, task.format));
  });
  child.once('error', reject);
  child.once('exit', () => reject(new OfficeDocumentError('ProcessFailure', task.format)));
  child.send(task, (error) => {
    if (error !== null) reject(error);
  });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}
