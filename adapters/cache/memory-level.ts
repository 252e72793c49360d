/** An answer as both levels store it. */
export interface CachedAnswer {
  readonly kind: 'value' | 'refusal' | 'nothing';
  readonly value: Uint8Array;
  readonly loadedAtMs: number;
}

interface MemoryEntry extends CachedAnswer {
  /** The tenant's generation when it was loaded; see `tenant-generations.ts`. */
  readonly generation: string | null;
  readonly expiresAtMs: number;
}

/** Entries by tenant and key, never more than `maxBytes`: the least recently used are removed first. */
export function createMemoryLevel(options: {
  readonly maxBytes: number;
  readonly now: () => number;
}) {
  // A Map keeps insertion order, and a used entry is inserted again: the first entry is the least recently used.
  const entries = new Map<string, MemoryEntry>();
  let total = 0;

  const remove = (id: string) => {
    const entry = entries.get(id);
    if (entry !== undefined) total -= sizeOf(id, entry.value);
    return entries.delete(id);
  };

  return {
    get: (tenant: string, key: string): MemoryEntry | null => {
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
    /** Copies the value. An entry larger than `maxBytes` is not stored. */
    set: (tenant: string, key: string, entry: MemoryEntry) => {
      const id = idOf(tenant, key);
      remove(id);
      const size = sizeOf(id, entry.value);
      if (size > options.maxBytes) return;
      for (const oldest of entries.keys()) {
        if (total + size <= options.maxBytes) break;
        remove(oldest);
      }
      // A view would keep its whole buffer in memory, uncounted.
      entries.set(id, { ...entry, value: new Uint8Array(entry.value) });
      total += size;
    },
    delete: (tenant: string, key: string) => remove(idOf(tenant, key)),
    /** Returns the number of entries. */
    deleteTenant: (tenant: string): number =>
      [...entries.keys()].filter((id) => id.startsWith(idOf(tenant, '')) && remove(id)).length,
    bytes: () => total,
  };
}

/** A tenant never contains a colon. */
const idOf = (tenant: string, key: string) => `${tenant}:${key}`;

const sizeOf = (id: string, value: Uint8Array) =>
  Buffer.byteLength(id) + value.byteLength + ENTRY_OVERHEAD_BYTES;

/** V8's cost of an entry beside its text (measured: 180 to 200). Without it, empty answers would count as nothing. */
const ENTRY_OVERHEAD_BYTES = 200;
