import type { VerdictKind } from '../../../../workflows/contracts/verdicts.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';

/** What came of it: a value, or the verdict; every other error goes on. */
export function outcomeOf<T>(act: () => T): { value: T } | { verdict: VerdictKind } {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof InferenceError) return { verdict: error.kind };
    throw error;
  }
}
