import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { chunkPlanSchema, type ChunkPlan } from '../../workflows/contracts/chunk-plan.ts';

/** A day in chunks of five seconds is 17,280 chunks: about 4 MB of JSON, and 15 MB in memory. */
const MOST_CHUNKS = 40_000;

interface HeldPlan {
  readonly reading: Promise<ChunkPlan>;
  /** 0 until it is read. */
  chunks: number;
}

/** By key; the one that was asked for last stands last. */
const held = new WeakMap<ObjectStore, Map<string, HeldPlan>>();

/**
 * The plan that is stored under this key. Every chunk of a recording needs it, and parsing that of a day takes a tenth of
 * a second: the plans that were read last are kept, up to 40,000 chunks of them. A plan is never overwritten.
 */
export async function readPlan(store: ObjectStore, planKey: string): Promise<ChunkPlan> {
  const plans = held.get(store) ?? new Map<string, HeldPlan>();
  held.set(store, plans);
  const known = plans.get(planKey);
  const one = known ?? { reading: store.getJson(planKey, chunkPlanSchema), chunks: 0 };
  plans.delete(planKey);
  plans.set(planKey, one);
  try {
    const plan = await one.reading;
    one.chunks = plan.chunks.length;
    forgetOldest(plans);
    return plan;
  } catch (error) {
    if (plans.get(planKey) === one) plans.delete(planKey);
    throw error;
  }
}

function forgetOldest(plans: Map<string, HeldPlan>): void {
  let chunks = 0;
  for (const [key, one] of [...plans].toReversed()) {
    chunks += one.chunks;
    if (chunks > MOST_CHUNKS) plans.delete(key);
  }
}
