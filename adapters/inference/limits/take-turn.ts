import type { GateStore } from './gate-store.ts';

export interface Turn {
  /** False: the next turn is too far away, and was left to others. */
  readonly taken: boolean;
  /** Milliseconds until the turn. */
  readonly waitMs: number;
}

/**
 * Takes the next of the turns that are `everyMs` apart (generic cell rate algorithm without a burst), unless it is more
 * than `mostMs` away. The record under the key is the time of the turn after it, in milliseconds since 1970.
 */
export async function takeTurn(
  store: GateStore,
  key: string,
  { everyMs, mostMs }: { readonly everyMs: number; readonly mostMs: number },
  signal?: AbortSignal,
): Promise<Turn> {
  for (;;) {
    const { kept, nowMs } = await store.read(key);
    signal?.throwIfAborted();
    const freeMs = Number(kept ?? nowMs);
    // Unreadable, or so far away that the clock was set back.
    const isWrong = !Number.isFinite(freeMs) || freeMs > nowMs + LONGEST_QUEUE_MS;
    const turnMs = isWrong ? nowMs : Math.max(freeMs, nowMs);
    const waitMs = turnMs - nowMs;
    if (waitMs > mostMs) return { taken: false, waitMs };
    if (await store.swap(key, kept, String(turnMs + everyMs))) return { taken: true, waitMs };
    signal?.throwIfAborted();
  }
}

/** Longer than any attempt of a call, of which a caller may wait a part. */
const LONGEST_QUEUE_MS = 600_000;
