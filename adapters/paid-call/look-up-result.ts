import {
  resultPointerSchema,
  storedResultSchema,
  type ResultPointer,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import { resultKey, resultPointerKey } from '../object-store/keys.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { LedgerEntryUnknownError } from './ledger-entry-unknown-error.ts';
import type { Ledger } from './ledger.ts';

/** The accepted answer of any target for this piece of work; null: none is held. */
export async function findResult(
  store: ObjectStore,
  home: string,
  role: Role,
  workKey: string,
): Promise<StoredResult | null> {
  const key = await pointedAt(store, home, role, workKey);
  return key === null ? null : await store.findJson(key, storedResultSchema);
}

/** Where that answer lies; null: none is held. */
export async function findResultKey(
  store: ObjectStore,
  home: string,
  role: Role,
  workKey: string,
): Promise<string | null> {
  const key = await pointedAt(store, home, role, workKey);
  // A pointer may outlive its result; then it points nowhere.
  return key !== null && (await store.head(key)) !== null ? key : null;
}

export interface Look {
  readonly home: string;
  readonly role: Role;
  readonly workKey: string;
  readonly callKey: string;
  /** `call`: only the answer of this very target will do (`--target`). Default `work`: any accepted answer. */
  readonly lookBy?: 'work' | 'call';
}

/**
 * The look of the paid call. Beside the pointer it looks under the call key, because a crash may have fallen between
 * storing the answer and pointing at it, and puts right what such a crash left: the pointer, and the ledger's entry.
 */
export async function lookUpResult(
  { store, ledger }: { store: ObjectStore; ledger: Ledger },
  look: Look,
): Promise<StoredResult | null> {
  const { home, role, workKey, callKey } = look;
  let found = look.lookBy === 'call' ? null : await findResult(store, home, role, workKey);
  if (found === null) {
    found = await store.findJson(resultKey(home, role, callKey), storedResultSchema);
    if (found !== null) await pointAt(store, home, found);
  }
  if (found !== null) await confirmAccepted(ledger, found);
  return found;
}

/**
 * Points at an answer unless one is pointed at that lies there: the first accepted one stays, since later stages build
 * on it, in other jobs too. Returns the answer that stands.
 */
export async function pointOnce(
  store: ObjectStore,
  home: string,
  answer: StoredResult,
): Promise<StoredResult> {
  const { role, workKey } = answer;
  const key = resultPointerKey(home, role, workKey);
  const outcome = await store.putJson(key, pointerTo(home, answer), { ifAbsent: true });
  if (outcome === 'written') return answer;
  const standing = await findResult(store, home, role, workKey);
  if (standing !== null) return standing;
  await pointAt(store, home, answer);
  return answer;
}

/** Points at this answer, whatever was pointed at before. */
export async function pointAt(
  store: ObjectStore,
  home: string,
  answer: StoredResult,
): Promise<void> {
  await store.putJson(resultPointerKey(home, answer.role, answer.workKey), pointerTo(home, answer));
}

const pointerTo = (home: string, { role, callKey }: StoredResult): ResultPointer => ({
  schemaVersion: 1,
  callKey,
  resultKey: resultKey(home, role, callKey),
});

/** An answer that is stored was billed and accepted, whatever its entry still says. */
export async function confirmAccepted(ledger: Ledger, found: StoredResult): Promise<void> {
  try {
    await ledger.settle(found.ledgerEntryId, {
      state: 'accepted',
      verdict: null,
      usage: found.usage,
    });
  } catch (error) {
    // Books that were lost or begun anew do not make an answer that we hold worth paying for again.
    if (!(error instanceof LedgerEntryUnknownError)) throw error;
  }
}

async function pointedAt(
  store: ObjectStore,
  home: string,
  role: Role,
  workKey: string,
): Promise<string | null> {
  const pointer = await store.findJson(resultPointerKey(home, role, workKey), resultPointerSchema);
  return pointer === null ? null : resultKey(home, role, pointer.callKey);
}
