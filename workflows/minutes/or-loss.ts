import { patched } from '@temporalio/workflow';
import { lossOf, type Failure } from './failure-of.ts';

export type Outcome<T> =
  { readonly value: T; readonly loss: null } | { readonly value: null; readonly loss: Failure };

/** Runs a part of a job that the job can do without: a failed activity is its loss. Cancellations are thrown. */
export async function orLoss<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work(), loss: null };
  } catch (error) {
    const loss = lossOf(error);
    // In older histories the failure ended the job.
    if (loss === null || !patched('isolated-stages')) throw error;
    return { value: null, loss };
  }
}
