import type { Activities } from '../../workflows/contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';

/**
 * Whether a worker serves a target. A worker whose slots for it are all taken asks for no work, so that a call under
 * way counts, too.
 */
export const lookForWorker =
  ({
    isPolled,
    ledger,
    inference,
  }: Pick<Dependencies, 'isPolled' | 'ledger' | 'inference'>): Activities['lookForWorker'] =>
  async ({ target }) =>
    (await isPolled(target)) || (await ledger.isBeingCalled(target))
      ? { isServed: true }
      : { isServed: false, lastTargetMs: inference.patience.lastTargetMs };
