import type { Ticket } from '../inference/protocols/contract.ts';

/**
 * The ledger: a row is the claim on one call while the call is made, and afterwards the permanent record of its cost.
 *
 * reserved, or at once sending, where nothing is looked up after the claim
 * reserved --markSending--> sending --settle--> accepted | rejected | failed | in_doubt
 * reserved --release/expiry--> released          sending --expiry--> in_doubt
 * sending --keepTicket--> submitted --settle--> …   submitted --a day--> in_doubt
 * any --confirm--> accepted, for a stored answer
 *
 * accepted: billed, its answer is stored. rejected: billed, its answer is not used. failed: not billed, the provider
 * answered with an error. in_doubt: sent, outcome unknown. released: never sent.
 * submitted: the provider queued the work, and the row's ticket finds it again. Once the lease ends, the next claim
 * on the call takes over this row, and asks for the queued work instead of sending it again.
 * Per (tenant, call key), one row may be reserved, sending or submitted, and one may be accepted; of requests, whose
 * answers are kept for an hour only, one each time.
 */
export const LEDGER_STATES = [
  'reserved',
  'sending',
  'submitted',
  'accepted',
  'rejected',
  'failed',
  'in_doubt',
  'released',
] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

export interface Claim {
  /** Contains the tenant. */
  readonly entryId: string;
  /** Counts the tries of one call key, from 1. */
  readonly ordinal: number;
  /** By the ledger's clock. */
  readonly claimedAt: Date;
  /** Finds the work that an earlier claim submitted; null: nothing was sent under this row. */
  readonly ticket: Ticket | null;
}

/** The ledger has no such entry. */
export class LedgerEntryUnknownError extends Error {
  override readonly name = 'LedgerEntryUnknownError';
}
