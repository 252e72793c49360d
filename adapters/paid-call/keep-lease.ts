import type { Ledger } from './ledger.ts';

/** Renews an entry's lease while the call is on its way. Call what it returns to stop. */
export function keepLease(ledger: Ledger, entryId: string, leaseMs: number): () => void {
  let renewing = false;
  // Three times a lease, so that one renewal may fail and the claim still stands.
  const timer = setInterval(() => {
    if (renewing) return;
    renewing = true;
    ledger
      .renew(entryId, leaseMs)
      // Not the end of a call that is being paid for: the next renewal may pass, and settling will not be silent.
      .catch(() => {})
      .finally(() => {
        renewing = false;
      });
  }, leaseMs / 3);
  return () => {
    clearInterval(timer);
  };
}
