import type { StoredResult, Usage } from '../../workflows/contracts/stored-results.ts';
import { storedResultSchema } from '../../workflows/contracts/stored-results.ts';
import type { Ticket } from '../inference/protocols/contract.ts';
import { InferenceError, type Charge } from '../inference/verdicts/inference-error.ts';
import { resultKey } from '../object-store/keys.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { keepLease } from './keep-lease.ts';
import type { Claim, Ledger, LedgerState } from './ledger.ts';
import { confirmAccepted, lookUpResult, pointOnce, type Look } from './look-up-result.ts';
import { performWithGrace } from './perform-with-grace.ts';

/** Somebody else is making this very call. Ask again later, at the latest when the lease is over. */
export class CallInFlightError extends Error {
  override readonly name = 'CallInFlightError';
  readonly leaseMs: number;

  constructor(leaseMs: number) {
    super(`the same call is on its way elsewhere; its claim runs for another ${leaseMs} ms`);
    this.leaseMs = leaseMs;
  }
}

export interface PaidCallDependencies {
  readonly ledger: Ledger;
  readonly store: ObjectStore;
  readonly now: () => Date;
}

export interface PaidCall<A> extends Look {
  readonly tenant: string;
  readonly jobId: string;
  readonly account?: 'job' | 'warm-up';
  readonly target: {
    readonly name: string;
    readonly contract: string;
    readonly model: string;
    readonly label: string | null;
  };
  /** How long the claim outlives its last renewal. */
  readonly leaseMs: number;
  /** The one request. `InferenceError` says what is known of the bill; anything else leaves it in doubt. */
  readonly perform: (signal: AbortSignal, queued: QueuedWork) => Promise<Performed<A>>;
  /** Checks an answer and gives it the form in which it is stored; throws `InferenceError` to refuse it. */
  readonly accept: (answer: A) => Promise<unknown>;
  readonly signal: AbortSignal;
  /** How long a call that was sent may still answer after a cancellation. Default 10 s. */
  readonly graceMs?: number;
}

/** What connects a call with the work that it, or an earlier try of it, handed in. */
export interface QueuedWork {
  /** Not null: follow the work that it finds, and send nothing. */
  readonly ticket: Ticket | null;
  readonly keepTicket: (ticket: Ticket) => Promise<void>;
}

interface Performed<A> {
  readonly answer: A;
  readonly usage: Usage;
  readonly provider: string | null;
  readonly servedModel: string | null;
  readonly revision: string | null;
  readonly requestId: string | null;
}

const CANCELLATION_GRACE_MS = 10_000;

/**
 * The sequence that never pays twice: look, claim, look again, mark, call, store, point, settle.
 *
 * A process that dies leaves at most a claim whose lease runs out: `reserved` is then free, `sending` is in doubt,
 * `submitted` work is followed by the next claim, and an answer that had been stored is found by the next look. So, always:
 * stored + rejected <= billed <= stored + rejected + in doubt, and at most one accepted answer a call key.
 *
 * Throws `CallInFlightError`; what `perform` or `accept` threw, once it is in the books; the signal's reason; and
 * whatever ledger and store throw: without books there is no call, and a call that cannot be settled is an error.
 */
export async function executePaidCall<A>(
  deps: PaidCallDependencies,
  call: PaidCall<A>,
): Promise<{ result: StoredResult; reused: boolean }> {
  const held = await lookUpResult(deps, call);
  if (held !== null) return { result: held, reused: true };
  call.signal.throwIfAborted();

  const claim = await deps.ledger.claim({
    tenant: call.tenant,
    jobId: call.jobId,
    account: call.account ?? 'job',
    role: call.role,
    workKey: call.workKey,
    callKey: call.callKey,
    target: call.target.name,
    model: call.target.model,
    leaseMs: call.leaseMs,
  });
  if (claim.outcome === 'held') throw new CallInFlightError(claim.leaseMs);

  const meanwhile = await lookAgain(deps, call, claim);
  if (meanwhile !== null) return { result: meanwhile, reused: true };

  const mine =
    claim.ticket !== null || (await deps.ledger.markSending(claim.entryId, call.leaseMs));
  if (!mine) throw new CallInFlightError(0);
  const stopRenewing = keepLease(deps.ledger, claim.entryId, call.leaseMs);
  try {
    const result = await sendAndSettle(deps, call, claim);
    // The answer was worth the wait; the cancellation still stands.
    call.signal.throwIfAborted();
    return { result, reused: false };
  } finally {
    stopRenewing();
  }
}

/** Under the claim: whoever held it before may have stored the answer. Nothing is sent yet, so all exits release. */
async function lookAgain<A>(
  deps: PaidCallDependencies,
  call: PaidCall<A>,
  { entryId, ticket }: Claim,
): Promise<StoredResult | null> {
  // Queued work is billed whether its answer is still needed or not.
  const release = async (found: boolean) => {
    if (ticket === null) await deps.ledger.release(entryId);
    else if (!found) await deps.ledger.park(entryId, null);
    else await deps.ledger.settle(entryId, { state: 'rejected', verdict: null, usage: null });
  };
  try {
    const found = await lookUpResult(deps, call);
    call.signal.throwIfAborted();
    if (found !== null) await release(true);
    return found;
  } catch (error) {
    await release(false);
    throw error;
  }
}

async function sendAndSettle<A>(
  { ledger, store, now }: PaidCallDependencies,
  call: PaidCall<A>,
  { entryId, ordinal, ticket }: Claim,
): Promise<StoredResult> {
  let queued = ticket !== null;
  let usage: Usage | null = null;
  const end = async (state: End, error?: unknown) => {
    const verdict = error instanceof InferenceError ? error.kind : null;
    await ledger.settle(entryId, { state, verdict, usage });
  };

  if (call.signal.aborted) {
    // Marked, but not a byte sent.
    if (queued) await ledger.park(entryId, null);
    else await end('failed');
    throw call.signal.reason;
  }
  let performed: Performed<A>;
  try {
    const keepTicket = async (next: Ticket) => {
      await ledger.keepTicket(entryId, next);
      queued = true;
    };
    performed = await performWithGrace((signal) => call.perform(signal, { ticket, keepTicket }), {
      signal: call.signal,
      graceMs: call.graceMs ?? CANCELLATION_GRACE_MS,
    });
  } catch (error) {
    const known = error instanceof InferenceError ? error : null;
    const charge = known?.charge ?? 'unknown';
    // Of queued work nothing was learned where the question never left us, or nobody knows what became of it.
    if (charge === 'pending' || (queued && (known === null || charge === 'unsent'))) {
      await ledger.park(entryId, known?.kind ?? null);
    } else await end(END_BY_CHARGE[charge], error);
    call.signal.throwIfAborted();
    throw error;
  }
  usage = performed.usage;

  let answer: unknown;
  try {
    answer = await call.accept(performed.answer);
  } catch (error) {
    // Billed, and nothing is kept of it. Where the trouble is ours, queued work can be fetched again.
    if (queued && !(error instanceof InferenceError)) await ledger.park(entryId, null);
    else await end('rejected', error);
    throw error;
  }

  const result: StoredResult = {
    schemaVersion: 1,
    role: call.role,
    workKey: call.workKey,
    callKey: call.callKey,
    ordinal,
    ledgerEntryId: entryId,
    target: call.target.name,
    contract: call.target.contract,
    model: call.target.model,
    label: call.target.label,
    provider: performed.provider,
    servedModel: performed.servedModel,
    revision: performed.revision,
    requestId: performed.requestId,
    createdAt: now().toISOString(),
    usage,
    answer,
  };
  let stored: StoredResult;
  let standing: StoredResult;
  try {
    stored = await storeOnce(store, call.home, result);
    // Another target may have answered the same work meanwhile, for another job.
    standing = await pointOnce(store, call.home, stored);
  } catch (error) {
    // It may lie there and it may not: the next look tells, and settles this entry if it does.
    if (queued) await ledger.park(entryId, null);
    else await end('in_doubt', error);
    throw error;
  }
  if (stored.ledgerEntryId === entryId) {
    await end('accepted');
  } else {
    // An earlier try's answer was there first: this one was billed for nothing.
    await confirmAccepted(ledger, stored);
    await end('rejected');
  }
  return call.lookBy === 'call' ? stored : standing;
}

type End = Extract<LedgerState, 'accepted' | 'rejected' | 'failed' | 'in_doubt'>;

const END_BY_CHARGE = {
  unsent: 'failed',
  refused: 'failed',
  billed: 'rejected',
  unknown: 'in_doubt',
} as const satisfies Record<Exclude<Charge, 'pending'>, End>;

/** The answer that stands under the call key: this one, or the one that was there. */
async function storeOnce(
  store: ObjectStore,
  home: string,
  result: StoredResult,
): Promise<StoredResult> {
  const key = resultKey(home, result.role, result.callKey);
  const outcome = await store.putJson(key, result, { ifAbsent: true });
  return outcome === 'written' ? result : await store.getJson(key, storedResultSchema);
}
