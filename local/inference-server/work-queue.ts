import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** Work that a provider took and is still at. */
export interface Work<T> {
  readonly id: string;
  /** Who does it: the model. */
  readonly owner: string;
  readonly submittedMs: number;
  readonly phase: () => 'queued' | 'running' | 'done';
  /** Never rejects; not before the queue's delay has passed. */
  readonly outcome: Promise<Outcome<T>>;
}

export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

export interface WorkQueue<T> {
  /** Begins at once; what is slow is the queue. */
  readonly submit: (owner: string, task: () => Promise<T>) => Work<T>;
  readonly find: (id: string) => Work<T> | null;
}

/** Results are kept for a while only, as at the providers. */
const MOST_WORK = 500;

/** `delayMs`: from submission until work is done, at least; half of it is spent waiting for one's turn. */
export function createWorkQueue<T>({ delayMs }: { readonly delayMs: number }): WorkQueue<T> {
  const kept = new Map<string, Work<T>>();
  return {
    submit: (owner, task) => {
      const submittedMs = Date.now();
      let done = false;
      const outcome = Promise.all([settle(task), delay(delayMs)]).then(([settled]) => {
        done = true;
        return settled;
      });
      const phase = () =>
        done ? 'done' : Date.now() - submittedMs < delayMs / 2 ? 'queued' : 'running';
      const work: Work<T> = { id: randomUUID(), owner, submittedMs, phase, outcome };
      kept.set(work.id, work);
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_WORK) break;
        kept.delete(oldest);
      }
      return work;
    },
    find: (id) => kept.get(id) ?? null,
  };
}

async function settle<T>(task: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await task() };
  } catch (error) {
    return { error };
  }
}
