/** What tests compare with the ledger: how often a model route was called, and how many calls were completed. */
export function createStatistics() {
  const requests: Record<string, number> = {};
  const billed: Record<string, number> = {};
  /** Completed calls by SHA-256 of the audio, the picture, or the canonical JSON of the request. */
  const byInput: Record<string, number> = {};
  const add = (counts: Record<string, number>, key: string) => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  return {
    countRequest: (role: string) => add(requests, role),
    /** Counts the answer when the model has produced it, read or not: real providers bill so. */
    bill: (role: string, inputDigest: string) => {
      add(billed, role);
      add(byInput, inputDigest);
    },
    snapshot: () => ({ requests, billed, byInput }),
  };
}
