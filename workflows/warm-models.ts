import { proxyActivities } from '@temporalio/workflow';
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
      return [target, await warmTarget({ target })];
    }),
  );
  return Object.fromEntries(outcomes);
}
