import { once } from 'node:events';
import type { Target } from '../targets/target.ts';

/**
 * Requests a minute. Temporal divides a queue's limit among its partitions, four by default, and each gives out a second's
 * worth at once: of a limit up to ten a second, calls would start in bursts that the provider refuses.
 */
export const SMALL_LIMIT = 600;

/**
 * How many tasks of a target a worker takes up beyond its `concurrency`: their chunk is read and their key computed when
 * a call ends, and an answer is stored while the next call runs already. One for four, so that none of them waits long
 * beside an idle worker, and none where turns are given out one by one.
 */
export const tasksAhead = ({
  concurrency,
  requestsPerMinute,
}: Pick<Target, 'concurrency' | 'requestsPerMinute'>): number =>
  (requestsPerMinute ?? Infinity) <= SMALL_LIMIT ? 0 : Math.floor(concurrency / 4);

/** Lets a process have as many calls of a target under way as its `concurrency` says; the others wait in their order. */
export function createCallSlots() {
  const targets = new Map<string, { free: number; readonly waiting: (() => void)[] }>();
  return {
    /** Waits for a slot, which is free again when it is disposed of. Throws the signal's reason when it aborts. */
    enter: async (
      target: Pick<Target, 'name' | 'concurrency'>,
      signal: AbortSignal,
    ): Promise<Disposable> => {
      signal.throwIfAborted();
      const slots = targets.get(target.name) ?? { free: target.concurrency, waiting: [] };
      targets.set(target.name, slots);
      if (slots.free > 0) slots.free -= 1;
      else await nextIn(slots.waiting, signal);
      const slot = new DisposableStack();
      slot.defer(() => {
        const next = slots.waiting.shift();
        if (next === undefined) slots.free += 1;
        else next();
      });
      return slot;
    },
  };
}

/** Resolves when this one is called out of the line, and leaves the line when the signal aborts. */
async function nextIn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  waiting.push(resolve);
  const ended = new AbortController();
  const aborted = once(signal, 'abort', { signal: ended.signal }).catch(() => undefined);
  try {
    await Promise.race([promise, aborted]);
  } finally {
    ended.abort();
  }
  const place = waiting.indexOf(resolve);
  if (place === -1) return;
  waiting.splice(place, 1);
  signal.throwIfAborted();
}
