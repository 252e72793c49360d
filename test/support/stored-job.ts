import { readOutcomes, type ChunkOutcome } from '../../activities/recording/close-window.ts';
import { PLANNER_VERSION } from '../../adapters/media/plan-chunks.ts';
import { planKey, transcriptKey } from '../../adapters/object-store/keys.ts';
import { chunkPlanSchema, type ChunkPlan } from '../../workflows/contracts/chunk-plan.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import { CHUNKS_PER_WINDOW, DEFAULT_TENANT } from '../../workflows/contracts/names.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';
import { minutesOf } from './minutes-of.ts';
import { objectStoreOf } from './object-store-of.ts';
import type { Surroundings } from './surroundings.ts';

export interface StoredJob {
  readonly minutes: Minutes;
  readonly transcript: Transcript;
  readonly plan: ChunkPlan;
  readonly windows: number;
  /** What became of each chunk, in the order of the plan. */
  readonly outcomes: readonly ChunkOutcome[];
}

/** What a completed job left in S3; `limitSeconds` is the `audioSeconds` that its plan was made for. */
export async function storedJob(
  place: Surroundings,
  jobId: string,
  limitSeconds: number,
): Promise<StoredJob> {
  const store = objectStoreOf(place);
  try {
    const tenant = DEFAULT_TENANT;
    const minutes = await minutesOf(place, jobId);
    const transcript = await store.getJson(transcriptKey(tenant, jobId), transcriptSchema);
    const key = planKey(tenant, minutes.source.sha256, PLANNER_VERSION, limitSeconds);
    const plan = await store.getJson(key, chunkPlanSchema);
    const windows = Math.ceil(plan.chunks.length / CHUNKS_PER_WINDOW);
    const outcomes = await readOutcomes(store, { tenant, jobId }, windows);
    return { minutes, transcript, plan, windows, outcomes };
  } finally {
    store.close();
  }
}
