import { fork } from 'node:child_process';
import { addAbortListener } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
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

/** The name of the error of a process that did not answer in time. */
export const PROCESS_TIMEOUT = 'ProcessTimeout';

/** A document could not be made. `name` is that of the error in the process that makes documents. */
class OfficeDocumentError extends Error {
  constructor(name: string, format: OfficeFormat) {
    super(`minutes.${format} could not be rendered: ${name}`);
    this.name = name;
  }
}

/** 24 hours of transcript take ten seconds: a process that is not done by then hangs. */
const LIMIT_MS = 3 * 60_000;

interface ApartOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long the process may take, from its start. Default: 3 minutes. */
  readonly limitMs?: number | undefined;
  /** The module that the process runs. */
  readonly process?: URL;
}

/**
 * Renders a document for the office in a process of its own. 24 hours of transcript take about ten seconds and several
 * hundred MB, most of it in native code: this process goes on sending heartbeats, the memory goes back with the process,
 * and one that crashes or hangs costs one file. One document of each format is made at a time, and a long one alone.
 * Throws the signal's reason, or an `OfficeDocumentError`: `ProcessTimeout` for a process that did not answer in time.
 */
export function renderApart(task: OfficeTask, options: ApartOptions = {}): Promise<Uint8Array> {
  const lines = isLong(task.document) ? (['docx', 'pdf'] as const) : [task.format];
  const turn = Promise.all(lines.map((line) => last[line]));
  const made = untilAborted(turn, options.signal).then(() => render(task, options));
  // Who left the queue does not let the next one pass the process that still runs.
  const ended = Promise.allSettled([turn, made]);
  for (const line of lines) last[line] = ended;
  return made;
}

/** The one before of each format; never rejects. */
const last: Record<OfficeFormat, Promise<unknown>> = {
  docx: Promise.resolve(),
  pdf: Promise.resolve(),
};

/** Of up to 2,000 lines, about three hours, both documents together take less than 500 MB. */
const LONG_LINES = 2_000;

const isLong = ({ blocks }: Document): boolean =>
  blocks.some((block) => block.kind === 'transcript' && block.lines.length > LONG_LINES);

/** Waits for its turn, or throws the signal's reason. */
async function untilAborted(turn: Promise<unknown>, signal: AbortSignal | undefined) {
  if (signal === undefined) return void (await turn);
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  using _listener = addAbortListener(signal, () => reject(signal.reason));
  await Promise.race([turn, aborted]);
}

const OFFICE_PROCESS = new URL('./office-process.ts', import.meta.url);

async function render(
  task: OfficeTask,
  { signal, limitMs = LIMIT_MS, process: module = OFFICE_PROCESS }: ApartOptions,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const child = fork(module, {
    serialization: 'advanced',
    // It needs nothing else of the environment, which holds credentials.
    env: whereCompiled(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const stop = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', stop);
  const timer = setTimeout(
    () => reject(new OfficeDocumentError(PROCESS_TIMEOUT, task.format)),
    limitMs,
  );
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
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}

/** Lets a process of Node take its modules compiled, and without types, from where this one keeps them, if it does. */
function whereCompiled(): { readonly NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir();
  // Node appends a folder for its version.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}
