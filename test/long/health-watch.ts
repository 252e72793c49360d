import { setTimeout as sleep } from 'node:timers/promises';

export interface HealthWatch {
  /** Milliseconds until `/healthz` answered. */
  readonly milliseconds: readonly number[];
  readonly stop: () => void;
  readonly [Symbol.dispose]: () => void;
}

/** Asks a worker's `/healthz` ten times a second: what it does meanwhile must not hold its event loop up. */
export function watchHealth(url: string): HealthWatch {
  const milliseconds: number[] = [];
  const ended = new AbortController();
  const ask = async () => {
    while (!ended.signal.aborted) {
      const begun = performance.now();
      const response = await fetch(`${url}/healthz`);
      await response.text();
      milliseconds.push(performance.now() - begun);
      await sleep(100);
    }
  };
  // The worker may end before the watch.
  void ask().catch(() => undefined);
  const stop = () => {
    ended.abort();
  };
  return { milliseconds, stop, [Symbol.dispose]: stop };
}
