import type { KeptAnswer } from './kept-answer.ts';

export interface MemoryEntry extends KeptAnswer {
  /** The tenant's generation when it was loaded; see `tenant-generations.ts`. */
  readonly generation: string | null;
  readonly expiresAtMs: number;
}

/** Entries by tenant and key, never more bytes than `maxBytes`: the least recently used go first. */
export interface MemoryLevel {
  readonly get: (tenant: string, key: string) => MemoryEntry | null;
  /** Copies the value. What alone is over the bound is not kept. */
  readonly set: (tenant: string, key: string, entry: MemoryEntry) => void;
  readonly delete: (tenant: string, key: string) => void;
  /** How many there were. */
  readonly deleteTenant: (tenant: string) => number;
  readonly bytes: () => number;
}

export function createMemoryLevel(options: {
  readonly maxBytes: number;
  readonly now: () => number;
}): MemoryLevel {
  // A Map keeps the order of insertion: an entry that is used is put in again, so the first is the least used.
  const entries = new Map<string, MemoryEntry>();
  let total = 0;

  const remove = (id: string) => {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    total -= sizeOf(id, entry.value);
  };

  return {
    get: (tenant, key) => {
      const id = idOf(tenant, key);
      const entry = entries.get(id);
      if (entry === undefined) return null;
      if (entry.expiresAtMs <= options.now()) {
        remove(id);
        return null;
      }
      entries.delete(id);
      entries.set(id, entry);
      return entry;
    },
    set: (tenant, key, entry) => {
      const id = idOf(tenant, key);
      remove(id);
      const size = sizeOf(id, entry.value);
      if (size > options.maxBytes) return;
      for (const oldest of entries.keys()) {
        if (total + size <= options.maxBytes) break;
        remove(oldest);
      }
      // A view would hold on to all that it is a part of, uncounted.
      entries.set(id, { ...entry, value: new Uint8Array(entry.value) });
      total += size;
    },
    delete: (tenant, key) => remove(idOf(tenant, key)),
    deleteTenant: (tenant) => {
      const ids = [...entries.keys()].filter((id) => id.startsWith(idOf(tenant, '')));
      for (const id of ids) remove(id);
      return ids.length;
    },
    bytes: () => total,
  };
}

/** No tenant has a colon. */
const idOf = (tenant: string, key: string) => `${tenant}:${key}`;

const sizeOf = (id: string, value: Uint8Array) =>
  Buffer.byteLength(id) + value.byteLength + ENTRY_OVERHEAD_BYTES;

/** What V8 takes for an entry beside its text (measured: 180 to 200). Uncounted, empty answers would be free. */
const ENTRY_OVERHEAD_BYTES = 200;
