import { Readable } from 'node:stream';
import type { JobListener } from './job-watchers.ts';

/**
 * Server-sent events of a job. Of states that come faster than a client reads them, it gets the latest: nothing piles up
 * in memory.
 */
export function createEventStream(): { readonly stream: Readable; readonly listener: JobListener } {
  let waiting: string | null = null;
  let isFull = false;
  const write = (block: string): void => {
    if (!stream.destroyed) isFull = !stream.push(block);
  };
  const writeWaiting = (): void => {
    if (waiting === null) return;
    const block = waiting;
    waiting = null;
    write(block);
  };
  const stream = new Readable({
    read: () => {
      isFull = false;
      writeWaiting();
    },
  });
  // Also opens the answer, before there is anything to say.
  write(`retry: ${RETRY_MS}\n\n`);
  return {
    stream,
    listener: {
      next: ({ id, json }) => {
        waiting = `event: progress\nid: ${id}\ndata: ${json}\n\n`;
        if (!isFull) writeWaiting();
      },
      beat: () => {
        if (!isFull) write(':\n\n');
      },
      end: (isOver) => {
        writeWaiting();
        // Without data, clients would not tell anybody.
        if (isOver) write('event: end\ndata: {}\n\n');
        if (!stream.destroyed) stream.push(null);
      },
    },
  };
}

/** After which a client connects again. */
const RETRY_MS = 3_000;
