import { isCancellation } from '@temporalio/workflow';
import { paid } from './activities.ts';
import type { WarmOutcome } from './contracts/activities.ts';

export interface WarmInput {
  readonly targets: readonly string[];
}

/** Sends each target its smallest valid request, all at the same time. A target that stays cold does not delay the others. */
export async function warmModels({ targets }: WarmInput): Promise<Record<string, WarmOutcome>> {
  const outcomes = await Promise.all(
    targets.map(async (name): Promise<[string, WarmOutcome]> => {
      try {
        return [name, await paid.warm({ name }, name).warmTarget({ target: name })];
      } catch (error) {
        // No worker polls its queue, or the ledger does not answer. The other targets are warmed all the same.
        if (isCancellation(error)) throw error;
        return [name, { outcome: 'cold', status: null }];
      }
    }),
  );
  return Object.fromEntries(outcomes);
}
