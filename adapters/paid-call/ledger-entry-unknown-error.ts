/** The ledger has no such entry. */
export class LedgerEntryUnknownError extends Error {
  override readonly name = 'LedgerEntryUnknownError';
}
