import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sha256 } from '../../adapters/identity/digest.ts';

/** Providers keep results for a while only: here the newest `most`. */
export function keepNewest<T>(most: number) {
  const kept = new Map<string, T>();
  return {
    get: (key: string): T | null => kept.get(key) ?? null,
    delete: (key: string): boolean => kept.delete(key),
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
  /** Resolves when there is an outcome; never rejects. */
  readonly done: Promise<unknown>;
  /** Null: it is not done yet. */
  outcome: PromiseSettledResult<object> | { readonly status: 'cancelled' } | null;
  /** Does nothing to finished work. The model goes on, and nobody hears of what it does. */
  readonly cancel: () => void;
}

/** `delayMs`: the shortest time from submission until work is done; the first half of it is spent in the queue. */
export function createWorkQueue(delayMs: number) {
  const works = keepNewest<Work>(500);
  return {
    /** Starts the task at once; only the queue is slow. */
    submit: (owner: string, task: () => Promise<object>): Work => {
      const submittedMs = Date.now();
      const isQueued = () => Date.now() - submittedMs < delayMs / 2;
      const { promise: done, resolve } = Promise.withResolvers<void>();
      const end = (outcome: Work['outcome']) => {
        work.outcome ??= outcome;
        resolve();
      };
      void Promise.allSettled([task(), delay(delayMs)]).then(([result]) => end(result));
      const work: Work = {
        id: randomUUID(),
        owner,
        submittedMs,
        isQueued,
        done,
        outcome: null,
        cancel: () => end({ status: 'cancelled' }),
      };
      works.set(work.id, work);
      return work;
    },
    find: works.get,
  };
}
