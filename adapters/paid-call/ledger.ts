import type { Ticket } from '../inference/protocols/contract.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import type { Usage } from '../../workflows/contracts/stored-results.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';

/**
 * The ledger: a row is a claim on one call while it lives, and the record of what it cost for ever after.
 *
 * reserved --markSending--> sending --settle--> accepted | rejected | failed | in_doubt
 * reserved --release/expiry--> released          sending --expiry--> in_doubt
 * sending --keepTicket--> submitted --settle--> …   submitted --a day--> in_doubt
 *
 * accepted: billed, and its answer stored. rejected: billed, and its answer refused. failed: answered with an
 * error, not billed. in_doubt: sent, and nobody knows. released: never sent.
 * submitted: the provider took the work into its queue, and the row's ticket finds it again; whoever claims the call
 * once the lease is over takes this very row over, and asks after the work instead of sending it again.
 * One row a (tenant, call key) may be reserved, sending or submitted; one may be accepted.
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
  /** Carries the tenant. */
  readonly entryId: string;
  /** From 1; the next try of the same call key gets the next one. */
  readonly ordinal: number;
  /** Of work that an earlier claim handed in; null: nothing was sent under this row. */
  readonly ticket: Ticket | null;
}

export interface Ledger {
  /**
   * One statement: expires dead leases on this call key, then reserves. `held` says how long the living claim's
   * lease still runs. Submitted work whose lease is over is taken over with its ticket, into the books of this job.
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
  /** reserved -> sending, renewing the lease. False: the lease was lost; do not send. */
  readonly markSending: (entryId: string, leaseMs: number) => Promise<boolean>;
  /** sending -> submitted, or a later ticket of the same work. Throws where the lease was lost meanwhile. */
  readonly keepTicket: (entryId: string, ticket: Ticket) => Promise<void>;
  /** Ends the lease of submitted work, so that anybody may ask after it at once. */
  readonly park: (entryId: string, verdict: VerdictKind | null) => Promise<void>;
  readonly renew: (entryId: string, leaseMs: number) => Promise<void>;
  /**
   * sending, submitted, or in_doubt once more is known -> its end. Idempotent: an entry that has come to its end keeps it. An
   * `accepted` beside an earlier accepted entry of the same call is written as `rejected`.
   * Throws `LedgerEntryUnknownError`, and where the entry was never sent.
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
  /** Releases what a job still reserves, and puts what it was sending in doubt. */
  readonly releaseJob: (
    tenant: string,
    jobId: string,
  ) => Promise<{ released: number; inDoubt: number }>;
  /** The same for every expired lease. */
  readonly expireLeases: () => Promise<{ released: number; inDoubt: number }>;
  /** Verdicts of the tries a job made of this call since then: what exhaustion is decided from. */
  readonly verdictsSince: (
    tenant: string,
    jobId: string,
    callKey: string,
    since: Date,
  ) => Promise<readonly VerdictKind[]>;
  /** How many tries a job made of this call since then that nobody lived to judge: each may have been billed. */
  readonly unjudgedSince: (
    tenant: string,
    jobId: string,
    callKey: string,
    since: Date,
  ) => Promise<number>;
  /** Rows of a job by state. */
  readonly countByState: (
    tenant: string,
    jobId: string,
  ) => Promise<Readonly<Record<LedgerState, number>>>;
  /** When a job last had an accepted answer from the target; null: never. */
  readonly lastAcceptedAt: (target: string) => Promise<Date | null>;
}
