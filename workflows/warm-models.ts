import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities, WarmOutcome } from './contracts/activities.ts';
import { paidQueue } from './contracts/names.ts';
import * as policies from './policies.ts';

export interface WarmInput {
  readonly targets: readonly string[];
}

/** One smallest valid request a target, side by side; a target that stays cold does not hold up the others. */
export async function warmModels({ targets }: WarmInput): Promise<Record<string, WarmOutcome>> {
  const outcomes = await Promise.all(
    targets.map(async (target): Promise<[string, WarmOutcome]> => {
      const { warmTarget } = proxyActivities<Activities>({
        ...policies.warm,
        taskQueue: paidQueue(target),
        summary: target,
      });
      try {
        return [target, await warmTarget({ target })];
      } catch (error) {
        // Nobody polls its queue, or the books are out of reach: the others are warmed all the same.
        if (isCancellation(error)) throw error;
        return [target, { outcome: 'cold', status: null }];
      }
    }),
  );
  return Object.fromEntries(outcomes);
}
