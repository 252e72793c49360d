/** What tests hold against the ledger: how often a model route was asked, and what was answered. */
export interface Statistics {
  readonly countRequest: (role: string) => void;
  /** Booked when the model has produced its answer, whether or not anybody reads it: so do real providers. */
  readonly bill: (role: string, inputDigest: string) => void;
  readonly snapshot: () => StatisticsSnapshot;
}

export interface StatisticsSnapshot {
  readonly requests: Readonly<Record<string, number>>;
  readonly billed: Readonly<Record<string, number>>;
  /** Completed calls by SHA-256 of the audio, the picture, or the canonical JSON of the request. */
  readonly byInput: Readonly<Record<string, number>>;
}

export function createStatistics(): Statistics {
  const requests = new Map<string, number>();
  const billed = new Map<string, number>();
  const byInput = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string) =>
    void counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    countRequest: (role) => add(requests, role),
    bill: (role, inputDigest) => {
      add(billed, role);
      add(byInput, inputDigest);
    },
    snapshot: () => ({
      requests: Object.fromEntries(requests),
      billed: Object.fromEntries(billed),
      byInput: Object.fromEntries(byInput),
    }),
  };
}
