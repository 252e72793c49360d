/** An answer as both levels store it. */
export interface CachedAnswer {
  /** Null: nothing there. */
  readonly value: Uint8Array | null;
  /** True for "nothing there" and for a refusal. */
  readonly negative: boolean;
  readonly loadedAtMs: number;
}

interface MemoryEntry extends CachedAnswer {
  /** The tenant's generation when it was loaded; see `tenant-generations.ts`. */
  readonly generation: string | null;
  readonly expiresAtMs: number;
}

/** Entries by tenant and key, never more than `maxBytes`: the least recently used are removed first. */
export function createMemoryLevel(maxBytes: number) {
  // A Map keeps insertion order, and a used entry is inserted again: the first entry is the least recently used.
  const entries = new Map<string, MemoryEntry>();
  let total = 0;

  const remove = (id: string) => {
    const entry = entries.get(id);
    if (entry !== undefined) total -= sizeOf(id, entry);
    return entries.delete(id);
  };

  return {
    get: (id: string): MemoryEntry | null => {
      const entry = entries.get(id);
      if (entry === undefined) return null;
      entries.delete(id);
      entries.set(id, entry);
      return entry;
    },
    /** Copies the value. An entry larger than `maxBytes` is not stored. */
    set: (id: string, entry: MemoryEntry) => {
      remove(id);
      const size = sizeOf(id, entry);
      if (size > maxBytes) return;
      for (const oldest of entries.keys()) {
        if (total + size <= maxBytes) break;
        remove(oldest);
      }
      // A view would keep its whole buffer in memory, uncounted.
      entries.set(id, { ...entry, value: entry.value && new Uint8Array(entry.value) });
      total += size;
    },
    delete: remove,
    /** Returns the number of entries. */
    deleteAll: (prefix: string): number =>
      [...entries.keys()].filter((id) => id.startsWith(prefix) && remove(id)).length,
    bytes: () => total,
  };
}

const sizeOf = (id: string, { value }: CachedAnswer) =>
  Buffer.byteLength(id) + (value?.byteLength ?? 0) + ENTRY_OVERHEAD_BYTES;

/** V8's cost of an entry beside its text (measured: 180 to 200). Without it, empty answers would count as nothing. */
const ENTRY_OVERHEAD_BYTES = 200;
