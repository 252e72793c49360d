import type { GateStore } from './gate-store.ts';

/** Far more than any configuration has targets. */
const MOST_GATES = 1000;

/** Gates of this process alone. Beyond 1000, the one that was touched longest ago is forgotten, and so open. */
export function createMemoryGateStore(now: () => Date): GateStore {
  const records = new Map<string, string>();
  return {
    read: (key) => Promise.resolve({ kept: records.get(key) ?? null, nowMs: now().getTime() }),
    swap: (key, kept, next) => {
      if ((records.get(key) ?? null) !== kept) return Promise.resolve(false);
      // To the end of the map's order.
      records.delete(key);
      records.set(key, next);
      const [oldest] = records.keys();
      if (records.size > MOST_GATES && oldest !== undefined) records.delete(oldest);
      return Promise.resolve(true);
    },
  };
}
