import type { Role } from '../../workflows/contracts/targets.ts';
import type { Usage } from '../../workflows/contracts/stored-results.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';

/**
 * The ledger: a row is a claim on one call while it lives, and the record of what it cost for ever after.
 *
 * reserved --markSending--> sending --settle--> accepted | rejected | failed | in_doubt
 * reserved --release/expiry--> released          sending --expiry--> in_doubt
 *
 * accepted: billed, and its answer stored. rejected: billed, and its answer refused. failed: answered with an
 * error, not billed. in_doubt: sent, and nobody knows. released: never sent.
 * One row a (tenant, call key) may be reserved or sending; one may be accepted.
 */
export type LedgerState =
  'reserved' | 'sending' | 'accepted' | 'rejected' | 'failed' | 'in_doubt' | 'released';

export interface Claim {
  /** Carries the tenant. */
  readonly entryId: string;
  /** From 1; the next try of the same call key gets the next one. */
  readonly ordinal: number;
}

export interface Ledger {
  /**
   * One statement: expires dead leases on this call key, then reserves. `held` says how long the living claim's
   * lease still runs.
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
  readonly renew: (entryId: string, leaseMs: number) => Promise<void>;
  /**
   * sending, or in_doubt once more is known -> its end. Idempotent: an entry that has come to its end keeps it. An
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
  /** When a job first tried this call since then: what patience is counted from. Null: it has not tried. */
  readonly firstTryAt: (
    tenant: string,
    jobId: string,
    callKey: string,
    since: Date,
  ) => Promise<Date | null>;
  /** Rows of a job by state. */
  readonly countByState: (
    tenant: string,
    jobId: string,
  ) => Promise<Readonly<Record<LedgerState, number>>>;
  /** When a job last had an accepted answer from the target; null: never. */
  readonly lastAcceptedAt: (target: string) => Promise<Date | null>;
}
