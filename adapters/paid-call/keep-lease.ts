import type { Ledger } from '../database/create-ledger.ts';

/** Renews an entry's lease while its call is in flight, until the result is disposed of. */
export function keepLease(ledger: Ledger, entryId: string, leaseMs: number): Disposable {
  let renewing = false;
  const renew = async () => {
    if (renewing) return;
    renewing = true;
    // Do not end a paid call for this: the next renewal may succeed, and settling reports a lost lease.
    await ledger.renew(entryId, leaseMs).catch(() => {});
    renewing = false;
  };
  // Three times per lease: one renewal may fail, and the claim still stands.
  return setInterval(() => void renew(), leaseMs / 3);
}
