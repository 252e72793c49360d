import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sha256 } from '../../adapters/identity/digest.ts';

/** Providers keep results for a while only: here the newest `most`. */
function keepNewest<T>(most: number) {
  const kept = new Map<string, T>();
  return {
    get: (key: string): T | null => kept.get(key) ?? null,
    set: (key: string, value: T): void => {
      kept.delete(key);
      kept.set(key, value);
      for (const oldest of [...kept.keys()].slice(0, -most)) kept.delete(oldest);
    },
  };
}

export type PictureFormat = 'png' | 'jpeg';

/** Pictures that are fetched by address. */
export type FileStore = ReturnType<typeof createFileStore>;

export function createFileStore() {
  const files = keepNewest<Uint8Array>(256);
  return {
    /** Returns the path under which the picture can be fetched. */
    put: (picture: Uint8Array, format: PictureFormat): string => {
      const path = `/files/${sha256(picture)}.${format}`;
      files.set(path, picture);
      return path;
    },
    get: files.get,
  };
}

/** Work that a provider has accepted. */
export interface Work {
  readonly id: string;
  /** The model that does it. */
  readonly owner: string;
  readonly submittedMs: number;
  readonly isQueued: () => boolean;
  /** Never rejects. */
  readonly done: Promise<unknown>;
  /** Null: it is not done yet. */
  outcome: PromiseSettledResult<object> | null;
}

/** `delayMs`: the shortest time from submission until work is done; the first half of it is spent in the queue. */
export function createWorkQueue(delayMs: number) {
  const works = keepNewest<Work>(500);
  return {
    /** Starts the task at once; only the queue is slow. */
    submit: (owner: string, task: () => Promise<object>): Work => {
      const submittedMs = Date.now();
      const isQueued = () => Date.now() - submittedMs < delayMs / 2;
      const done = Promise.allSettled([task(), delay(delayMs)]).then(([result]) => {
        work.outcome = result;
      });
      const work: Work = { id: randomUUID(), owner, submittedMs, isQueued, done, outcome: null };
      works.set(work.id, work);
      return work;
    },
    find: works.get,
  };
}
