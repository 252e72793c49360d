import type { Ticket } from '../inference/protocols/contract.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import type { Usage } from '../../workflows/contracts/stored-results.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';

/**
 * The ledger: a row is the claim on one call while the call is made, and afterwards the permanent record of its cost.
 *
 * reserved --markSending--> sending --settle--> accepted | rejected | failed | in_doubt
 * reserved --release/expiry--> released          sending --expiry--> in_doubt
 * sending --keepTicket--> submitted --settle--> …   submitted --a day--> in_doubt
 *
 * accepted: billed, its answer is stored. rejected: billed, its answer is not used. failed: not billed, the provider
 * answered with an error. in_doubt: sent, outcome unknown. released: never sent.
 * submitted: the provider queued the work, and the row's ticket finds it again. Once the lease ends, the next claim
 * on the call takes over this row, and asks for the queued work instead of sending it again.
 * Per (tenant, call key), one row may be reserved, sending or submitted, and one may be accepted.
 */
export type LedgerState =
  | 'reserved'
  | 'sending'
  | 'submitted'
  | 'accepted'
  | 'rejected'
  | 'failed'
  | 'in_doubt'
  | 'released';

export interface Claim {
  /** Contains the tenant. */
  readonly entryId: string;
  /** Counts the tries of one call key, from 1. */
  readonly ordinal: number;
  /** Finds the work that an earlier claim submitted; null: nothing was sent under this row. */
  readonly ticket: Ticket | null;
}

export interface Ledger {
  /**
   * One statement: expires ended leases on this call key, then reserves. `held` has the time left of the running
   * lease. Submitted work whose lease ended is taken over with its ticket, and booked to this job.
   */
  readonly claim: (input: {
    tenant: string;
    jobId: string;
    account: 'job' | 'warm-up';
    role: Role;
    workKey: string;
    callKey: string;
    target: string;
    model: string;
    leaseMs: number;
  }) => Promise<({ outcome: 'claimed' } & Claim) | { outcome: 'held'; leaseMs: number }>;
  /** reserved -> sending; renews the lease. False: the lease was lost; do not send. */
  readonly markSending: (entryId: string, leaseMs: number) => Promise<boolean>;
  /** sending -> submitted, or a later ticket of the same work. Throws if the lease was lost meanwhile. */
  readonly keepTicket: (entryId: string, ticket: Ticket) => Promise<void>;
  /** Ends the lease of submitted work, so that any worker may take it over at once. */
  readonly park: (entryId: string, verdict: VerdictKind | null) => Promise<void>;
  readonly renew: (entryId: string, leaseMs: number) => Promise<void>;
  /**
   * sending or submitted -> its final state, and in_doubt too once more is known. Idempotent: an entry in a final
   * state keeps it. If another entry of the call is accepted already, `accepted` is written as `rejected`.
   * Throws `LedgerEntryUnknownError`, and an error if the entry was never sent.
   */
  readonly settle: (
    entryId: string,
    end: {
      state: 'accepted' | 'rejected' | 'failed' | 'in_doubt';
      verdict: VerdictKind | null;
      usage: Usage | null;
    },
  ) => Promise<void>;
  /** reserved -> released. */
  readonly release: (entryId: string) => Promise<void>;
  /** Releases what a job still reserves, and marks what it was sending as in doubt. */
  readonly releaseJob: (
    tenant: string,
    jobId: string,
  ) => Promise<{ released: number; inDoubt: number }>;
  /** Does the same for every expired lease. */
  readonly expireLeases: () => Promise<{ released: number; inDoubt: number }>;
  /** Verdicts on the job's tries of this call since then; `decideRetry` counts them. */
  readonly verdictsSince: (
    tenant: string,
    jobId: string,
    callKey: string,
    since: Date,
  ) => Promise<readonly VerdictKind[]>;
  /** The job's tries of this call since then whose worker died before a verdict: each may have been billed. */
  readonly unjudgedSince: (
    tenant: string,
    jobId: string,
    callKey: string,
    since: Date,
  ) => Promise<number>;
  /** The number of a job's rows by state. */
  readonly countByState: (
    tenant: string,
    jobId: string,
  ) => Promise<Readonly<Record<LedgerState, number>>>;
  /** When a job last had an accepted answer from the target; null: never. */
  readonly lastAcceptedAt: (target: string) => Promise<Date | null>;
}

/** The ledger has no such entry. */
export class LedgerEntryUnknownError extends Error {
  override readonly name = 'LedgerEntryUnknownError';
}

/** Renews an entry's lease while its call is in flight. Returns the function that stops it. */
export function keepLease(ledger: Ledger, entryId: string, leaseMs: number): () => void {
  let renewing = false;
  // Three times per lease: one renewal may fail, and the claim still stands.
  const timer = setInterval(() => {
    if (renewing) return;
    renewing = true;
    ledger
      .renew(entryId, leaseMs)
      // Do not end a paid call for this: the next renewal may succeed, and settling reports a lost lease.
      .catch(() => {})
      .finally(() => {
        renewing = false;
      });
  }, leaseMs / 3);
  return () => {
    clearInterval(timer);
  };
}
