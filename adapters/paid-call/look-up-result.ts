import {
  resultPointerSchema,
  storedResultSchema,
  type ResultPointer,
  type StoredResult,
} from '../../workflows/contracts/stored-results.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import { resultKey, resultPointerKey } from '../object-store/keys.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import type { Ledger } from '../database/create-ledger.ts';
import { LedgerEntryUnknownError } from './ledger.ts';

/** The accepted answer of any target to this work; null: none is stored. */
export async function findResult(
  store: ObjectStore,
  home: string,
  role: Role,
  workKey: string,
): Promise<StoredResult | null> {
  const key = await pointedKeyOf(store, home, role, workKey);
  return key === null ? null : await store.findJson(key, storedResultSchema);
}

/** The key of that answer; null: none is stored. */
export async function findResultKey(
  store: ObjectStore,
  home: string,
  role: Role,
  workKey: string,
): Promise<string | null> {
  const key = await pointedKeyOf(store, home, role, workKey);
  // A pointer may outlive its result.
  return key !== null && (await store.head(key)) !== null ? key : null;
}

export interface Work {
  readonly home: string;
  readonly role: Role;
  readonly workKey: string;
}

/** By work key alone: finds every answer that is pointed at. Confirms in the ledger that it was accepted. */
export async function lookUpByWork(
  { store, ledger }: { store: ObjectStore; ledger: Ledger },
  { home, role, workKey }: Work,
): Promise<StoredResult | null> {
  const found = await findResult(store, home, role, workKey);
  if (found !== null) await confirmAccepted(ledger, found);
  return found;
}

/** By call key, where other answers to the work do not count: the pointer stays with the first of them. */
export async function findByCall(
  { store, ledger }: { store: ObjectStore; ledger: Ledger },
  { home, role, callKey }: Omit<Work, 'workKey'> & { readonly callKey: string },
): Promise<StoredResult | null> {
  const found = await store.findJson(resultKey(home, role, callKey), storedResultSchema);
  if (found !== null) await confirmAccepted(ledger, found);
  return found;
}

/**
 * By call key. A crash between storing an answer and pointing at it leaves the answer under its call key alone: this
 * finds it, and repairs the pointer and the ledger entry.
 */
export async function lookUpByCall(
  { store, ledger }: { store: ObjectStore; ledger: Ledger },
  { home, role, callKey }: Omit<Work, 'workKey'> & { readonly callKey: string },
): Promise<StoredResult | null> {
  const found = await store.findJson(resultKey(home, role, callKey), storedResultSchema);
  if (found === null) return null;
  await pointAt(store, home, found);
  await confirmAccepted(ledger, found);
  return found;
}

/**
 * Points at an answer unless the pointer leads to a stored one: the first accepted answer stays, because later stages
 * build on it, in other jobs too. Returns the answer that is pointed at now.
 */
export async function pointOnce(
  store: ObjectStore,
  home: string,
  answer: StoredResult,
): Promise<StoredResult> {
  const outcome = await pointAt(store, home, answer, { ifAbsent: true });
  if (outcome === 'written') return answer;
  const standing = await findResult(store, home, answer.role, answer.workKey);
  if (standing !== null) return standing;
  await pointAt(store, home, answer);
  return answer;
}

/** Points at this answer, replacing any earlier pointer unless `ifAbsent`. */
export async function pointAt(
  store: ObjectStore,
  home: string,
  { role, workKey, callKey }: StoredResult,
  { ifAbsent = false } = {},
): Promise<'written' | 'exists'> {
  const key = resultPointerKey(home, role, workKey);
  const pointer: ResultPointer = {
    schemaVersion: 1,
    callKey,
    resultKey: resultKey(home, role, callKey),
  };
  return await store.putJson(key, pointer, { ifAbsent });
}

/** Settles the entry of a stored answer as accepted, if a crash prevented that before or a restore undid it. */
export async function confirmAccepted(ledger: Ledger, found: StoredResult): Promise<void> {
  try {
    await ledger.confirm(found.ledgerEntryId, found.usage);
  } catch (error) {
    // The ledger was lost or replaced: a stored answer is still not paid for again.
    if (!(error instanceof LedgerEntryUnknownError)) throw error;
  }
}

async function pointedKeyOf(
  store: ObjectStore,
  home: string,
  role: Role,
  workKey: string,
): Promise<string | null> {
  const pointer = await store.findJson(resultPointerKey(home, role, workKey), resultPointerSchema);
  return pointer === null ? null : resultKey(home, role, pointer.callKey);
}
