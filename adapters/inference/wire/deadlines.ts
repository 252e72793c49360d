/**
 * Deadlines for parts of a call and for questions that are no paid call, in milliseconds. The deadline of a whole call
 * to a model is that of its activity, `startToCloseTimeout` in `workflows/policies.ts` less 15 s.
 */
export const DEADLINES_MS = {
  /** A question about queued work, which computes nothing. */
  question: 30_000,
  /** A finished picture from a provider's store. */
  download: 60_000,
  /** The management API of endpoints, and the hub. */
  management: 10_000,
  /** Until a stream begins: providers are expected to send a first token within 5 s. */
  streamHeaders: 30_000,
  /** Between two pieces of an answer; servers that compute for long send comments or spaces meanwhile. */
  idle: 60_000,
  /** undici's default: a host that accepts no connection within 10 s is down. */
  connect: 10_000,
} as const;

/** Ends things at their deadlines. */
export interface DeadlineWatch {
  /** Calls `onDeadline` up to 100 ms after `deadlineMs` from now. Returns the function that forgets it. */
  readonly add: (deadlineMs: number, onDeadline: () => void) => () => void;
}

interface Watched {
  readonly end: number;
  readonly onDeadline: () => void;
}

/**
 * One timer for all. A timer per exchange costs 5 % of a small one: when the last timer of a duration is cleared, Node
 * takes down the list of that duration, and the next exchange sets it up again (`bench/inference.ts`).
 */
export function createDeadlineWatch(): DeadlineWatch {
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | null = null;

  const look = (): void => {
    if (watched.size === 0) {
      clearInterval(timer ?? undefined);
      timer = null;
      return;
    }
    const now = performance.now();
    for (const one of watched)
      if (one.end <= now) {
        watched.delete(one);
        one.onDeadline();
      }
  };

  return {
    add: (deadlineMs, onDeadline) => {
      const one = { end: performance.now() + deadlineMs, onDeadline };
      watched.add(one);
      timer ??= setInterval(look, LOOK_EVERY_MS);
      return () => {
        watched.delete(one);
      };
    },
  };
}

const LOOK_EVERY_MS = 100;
