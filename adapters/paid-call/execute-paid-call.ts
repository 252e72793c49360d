import type { Asked, StoredResult, Usage } from '../../workflows/contracts/stored-results.ts';
import { storedResultSchema } from '../../workflows/contracts/stored-results.ts';
import type { Ledger } from '../database/create-ledger.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import type { Parsed, Ticket } from '../inference/protocols/contract.ts';
import { InferenceError, type Charge } from '../inference/verdicts/inference-error.ts';
import { resultKey } from '../object-store/keys.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { keepLease } from './keep-lease.ts';
import type { Claim, LedgerState } from './ledger.ts';
import {
  confirmAccepted,
  findByCall,
  lookUpByCall,
  lookUpByWork,
  pointOnce,
  type Work,
} from './look-up-result.ts';
import { startGrace } from './start-grace.ts';

/** Another worker is making the same call. Try again later, at the latest when its lease ends. */
export class CallInFlightError extends Error {
  override readonly name = 'CallInFlightError';
  readonly leaseMs: number;

  constructor(leaseMs: number) {
    super(`another worker is making the same call; its claim runs for another ${leaseMs} ms`);
    this.leaseMs = leaseMs;
  }
}

export interface PaidCallDependencies {
  readonly ledger: Ledger;
  readonly store: ObjectStore;
  readonly now: () => Date;
}

export interface PaidCall<A> extends Work {
  readonly tenant: string;
  readonly jobId: string;
  /** The run whose end releases the claim; null: the lease alone ends it. */
  readonly runId: string | null;
  readonly account?: 'job' | 'warm-up' | 'request';
  /** Stored with the answer. */
  readonly asked?: Asked;
  /**
   * Which stored answers make the call unnecessary. `work` (default): any accepted answer to the work. `call`: an answer
   * to this very call, of this target. `none`: nothing is looked up, and the answer is not stored: the caller keeps it, or
   * refuses it.
   */
  readonly lookBy?: 'work' | 'call' | 'none';
  /** Makes the call ready to be sent. Runs only when no stored answer was found: it may download a chunk. */
  readonly prepare: () => Promise<ReadyCall<A>>;
  /** Called when the claim is granted. */
  readonly onClaim?: (claim: Claim) => void;
  /** Checks an answer and converts it into its stored form; throws to refuse it. */
  readonly accept: (answer: A) => Promise<unknown>;
  /** How long the claim outlives its last renewal. */
  readonly leaseMs: number;
  readonly signal: AbortSignal;
  /** How long a call that was sent may still answer after a cancellation. Default 10 s. */
  readonly graceMs?: number;
}

export interface ReadyCall<A> {
  readonly target: {
    readonly name: string;
    readonly contract: string;
    readonly model: string;
    readonly label: string | null;
  };
  readonly callKey: string;
  /** False: the target has no queue. Default true. */
  readonly mayBeQueued?: boolean;
  /** The one request. The charge of an `InferenceError` is booked; any other error leaves the call in doubt. */
  readonly perform: (signal: AbortSignal, queued: QueuedWork) => Promise<Performed<A>>;
}

/** Connects a call with the work that it, or an earlier try of it, submitted. */
interface QueuedWork {
  /** Not null: follow the work that it finds, and send nothing. */
  readonly ticket: Ticket | null;
  readonly keepTicket: (ticket: Ticket) => Promise<void>;
}

interface Performed<A> extends Omit<Parsed<Role>, 'answer'> {
  readonly answer: A;
}

const CANCELLATION_GRACE_MS = 10_000;

/**
 * The sequence that never pays twice: look, prepare, claim, look again, mark, send, store, point, settle. After a first
 * try the store must take a write before another is sent.
 *
 * A process that dies leaves at most a claim whose lease runs out. `reserved` is then free again, `sending` is in
 * doubt, `submitted` work is followed by the next claim, and a stored answer is found by the next look. So always:
 * stored + rejected <= billed <= stored + rejected + in doubt, and at most one accepted answer per call key.
 *
 * Throws `CallInFlightError`; what `prepare` threw; what `perform` or `accept` threw, once it is booked; the signal's
 * reason; and every error of ledger and store: without a ledger no call is made, and a call that cannot be settled is
 * an error.
 */
export async function executePaidCall<A>(
  deps: PaidCallDependencies,
  call: PaidCall<A>,
): Promise<{ result: StoredResult; reused: boolean }> {
  const { ledger, store } = deps;
  const { signal, lookBy = 'work', leaseMs } = call;
  const held = lookBy === 'work' ? await lookUpByWork(deps, call) : null;
  if (held !== null) return { result: held, reused: true };
  signal.throwIfAborted();

  const ready = await call.prepare();
  signal.throwIfAborted();
  const same = lookBy === 'call' ? await findByCall(deps, { ...call, ...ready }) : null;
  if (same !== null) return { result: same, reused: true };
  const isStored = lookBy !== 'none';
  const claim = await ledger.claim({
    tenant: call.tenant,
    jobId: call.jobId,
    runId: call.runId,
    account: call.account ?? 'job',
    role: call.role,
    workKey: call.workKey,
    callKey: ready.callKey,
    target: ready.target.name,
    model: ready.target.model,
    leaseMs,
    mayBeQueued: ready.mayBeQueued ?? true,
    isSending: !isStored,
  });
  const meanwhile = await lookAgain(deps, { ...call, callKey: ready.callKey }, claim);
  if (meanwhile !== null) return { result: meanwhile, reused: true };
  if (claim.outcome === 'held') throw new CallInFlightError(claim.leaseMs);
  call.onClaim?.(claim);

  if (isStored && claim.ordinal > 1 && claim.ticket === null) await requireStorable(deps, claim);

  // A ticket: the row was marked when the work was submitted; nothing to look up: when it was claimed.
  const isMine =
    !isStored || claim.ticket !== null || (await ledger.markSending(claim.entryId, leaseMs));
  if (!isMine) throw new CallInFlightError(0);
  const entry = openEntry(ledger, claim);
  using _lease = keepLease(ledger, claim.entryId, leaseMs);
  if (signal.aborted) {
    await entry.nothingSent();
    throw signal.reason;
  }
  let performed: Performed<A>;
  try {
    using grace = startGrace(signal, call.graceMs ?? CANCELLATION_GRACE_MS);
    const { ticket } = claim;
    const { keepTicket } = entry;
    const performing = ready.perform(grace.signal, { ticket, keepTicket });
    performed = await Promise.race([performing, grace.over]);
  } catch (error) {
    await entry.failed(error);
    signal.throwIfAborted();
    throw error;
  }

  let answer: unknown;
  try {
    answer = await call.accept(performed.answer);
  } catch (error) {
    await entry.refused(error, performed.usage);
    throw error;
  }

  let own: StoredResult;
  let standing: StoredResult;
  try {
    const answered: StoredResult = {
      schemaVersion: 1,
      role: call.role,
      workKey: call.workKey,
      ...(call.asked && { asked: call.asked }),
      callKey: ready.callKey,
      ordinal: claim.ordinal,
      ledgerEntryId: claim.entryId,
      target: ready.target.name,
      contract: ready.target.contract,
      model: ready.target.model,
      label: ready.target.label,
      provider: performed.provider,
      servedModel: performed.servedModel,
      revision: performed.revision,
      requestId: performed.requestId,
      createdAt: deps.now().toISOString(),
      usage: performed.usage,
      answer,
    };
    own = isStored ? await storeOnce(store, call.home, answered) : answered;
    // Another target may have answered the same work meanwhile, for another job.
    standing = isStored ? await pointOnce(store, call.home, own) : own;
  } catch (error) {
    await entry.notStored(error, performed.usage);
    throw error;
  }
  if (own.ledgerEntryId === claim.entryId) {
    await entry.settle('accepted', performed.usage);
  } else {
    // The answer of an earlier try was stored first: this one was billed for nothing.
    await confirmAccepted(ledger, own);
    await entry.settle('rejected', performed.usage);
  }
  // The call was worth waiting for; the cancellation still holds.
  signal.throwIfAborted();
  return { result: lookBy === 'call' ? own : standing, reused: false };
}

/**
 * The look after the claim: an earlier holder may have stored the answer. Nothing is sent yet, so each way out lets
 * the claim go.
 */
async function lookAgain<A>(
  deps: PaidCallDependencies,
  call: PaidCall<A> & { readonly callKey: string },
  claim: Awaited<ReturnType<Ledger['claim']>>,
): Promise<StoredResult | null> {
  const letGo = async (found: boolean) => {
    if (claim.outcome === 'held') return;
    if (claim.ticket === null) await deps.ledger.release(claim.entryId);
    else if (!found) await deps.ledger.park(claim.entryId, null);
    // Queued work is billed whether its answer is still needed or not.
    else await deps.ledger.settle(claim.entryId, { state: 'rejected', verdict: null, usage: null });
  };
  if (call.lookBy === 'none') return null;
  try {
    const found =
      call.lookBy === 'call'
        ? await findByCall(deps, call)
        : ((await lookUpByWork(deps, call)) ?? (await lookUpByCall(deps, call)));
    call.signal.throwIfAborted();
    if (found !== null) await letGo(true);
    return found;
  } catch (error) {
    await letGo(false);
    throw error;
  }
}

/** An earlier try may have failed because its answer could not be kept: no more is paid before the store takes writes. */
async function requireStorable({ ledger, store }: PaidCallDependencies, { entryId }: Claim) {
  try {
    await store.checkWrites();
  } catch (error) {
    await ledger.release(entryId);
    throw error;
  }
}

type FinalState = Extract<LedgerState, 'accepted' | 'rejected' | 'failed' | 'in_doubt'>;

/** The ledger entry of a call that may be sent now, and how each outcome is booked. */
function openEntry(ledger: Ledger, { entryId, ticket }: Claim) {
  // From here on the ticket finds the work, so whatever fails on our side can be tried again without paying again.
  let queued = ticket !== null;
  const settle = async (state: FinalState, usage: Usage | null, error?: unknown) => {
    const verdict = error instanceof InferenceError ? error.kind : null;
    await ledger.settle(entryId, { state, verdict, usage });
  };
  return {
    settle,
    keepTicket: async (next: Ticket) => {
      await ledger.keepTicket(entryId, next);
      queued = true;
    },
    nothingSent: async () => {
      if (queued) await ledger.park(entryId, null);
      else await settle('failed', null);
    },
    failed: async (error: unknown) => {
      const known = error instanceof InferenceError ? error : null;
      const charge = known?.charge ?? 'unknown';
      // The question about queued work never left, or what became of it is unknown: the work itself may be fine.
      const nothingLearned = queued && (known === null || charge === 'unsent');
      if (charge === 'pending' || nothingLearned) await ledger.park(entryId, known?.kind ?? null);
      else await settle(STATE_BY_CHARGE[charge], null, error);
    },
    /** The answer was billed and refused; queued work is fetched again if the error is ours. */
    refused: async (error: unknown, usage: Usage) => {
      if (queued && !(error instanceof InferenceError)) await ledger.park(entryId, null);
      else await settle('rejected', usage, error);
    },
    /** The answer may be stored or not. The next look finds out, and settles the entry if it is. */
    notStored: async (error: unknown, usage: Usage) => {
      if (queued) await ledger.park(entryId, null);
      else await settle('in_doubt', usage, error);
    },
  };
}

const STATE_BY_CHARGE = {
  unsent: 'failed',
  refused: 'failed',
  billed: 'rejected',
  unknown: 'in_doubt',
} as const satisfies Record<Exclude<Charge, 'pending'>, FinalState>;

/** Returns the answer that is stored under the call key: this one, or an earlier one. */
async function storeOnce(
  store: ObjectStore,
  home: string,
  result: StoredResult,
): Promise<StoredResult> {
  const key = resultKey(home, result.role, result.callKey);
  const outcome = await store.putJson(key, result, { ifAbsent: true });
  return outcome === 'written' ? result : await store.getJson(key, storedResultSchema);
}
