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
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break;
        kept.delete(oldest);
      }
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

export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** Work that a provider has accepted. */
export interface Work<T> {
  readonly id: string;
  /** The model that does it. */
  readonly owner: string;
  readonly submittedMs: number;
  readonly phase: () => 'queued' | 'running' | 'done';
  /** Never rejects; takes at least as long as the queue's delay. */
  readonly outcome: Promise<Outcome<T>>;
}

export type WorkQueue<T> = ReturnType<typeof createWorkQueue<T>>;

/** `delayMs`: the shortest time from submission until work is done; the first half of it is spent in the queue. */
export function createWorkQueue<T>({ delayMs }: { readonly delayMs: number }) {
  const works = keepNewest<Work<T>>(500);
  return {
    /** Starts the task at once; only the queue is slow. */
    submit: (owner: string, task: () => Promise<T>): Work<T> => {
      const submittedMs = Date.now();
      let done = false;
      const settled = task().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      const outcome = Promise.all([settled, delay(delayMs)]).then(([result]) => {
        done = true;
        return result;
      });
      const phase = () =>
        done ? 'done' : Date.now() - submittedMs < delayMs / 2 ? 'queued' : 'running';
      const work: Work<T> = { id: randomUUID(), owner, submittedMs, phase, outcome };
      works.set(work.id, work);
      return work;
    },
    find: works.get,
  };
}
