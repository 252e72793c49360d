import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { scratchPlanKey, scratchPlansPrefix } from '../../adapters/object-store/keys.ts';
import type { ReadyChunks } from '../../workflows/contracts/transcribing.ts';
import {
  chunkPlanSchema,
  type ChunkPlan,
  type PlannedChunk,
} from '../../workflows/contracts/chunk-plan.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import { CHUNKS_READY_SIGNAL } from '../../workflows/contracts/names.ts';
import type { Dependencies } from '../dependencies.ts';
import { chunksToEncode, storeChunks } from './store-chunks.ts';

/** What the first chunks of a plan have in common with all of it. */
type PlanFacts = Omit<ChunkPlan, 'chunks' | 'soundInSilence'>;

interface Recording {
  readonly job: JobInput;
  readonly scratch: string;
  readonly pcmPath: string;
  readonly facts: PlanFacts;
  readonly signal: AbortSignal;
  /** Whoever plans the rest does not have to go on. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Stores chunks while the rest of the recording is being planned, and tells the workflow of them. What it told stands, for
 * the other attempts of the activity, too: they begin with the chunks of `chunksBefore`. `offer` takes the chunks that are
 * certain by now, from the first on; `end` waits for what is on its way and gives the number of chunks that are stored.
 */
export function createChunksAhead(deps: Dependencies, recording: Recording) {
  const { job, scratch, pcmPath, facts, signal, onFailure } = recording;
  let offered: readonly PlannedChunk[] = [];
  let stored = 0;
  let working: Promise<void> | null = null;

  const work = async (): Promise<void> => {
    while (stored < offered.length) {
      const plan: ChunkPlan = { ...facts, chunks: [...offered] };
      const chunks = await chunksToEncode(deps, job, plan, {
        scratch,
        from: stored,
        isWhole: false,
      });
      await storeChunks(deps, scratch, chunks, pcmPath, signal);
      const planKey = scratchPlanKey(scratch, plan.chunks.length);
      await deps.store.putJson(planKey, plan, { ifAbsent: true });
      stored = plan.chunks.length;
      const speechChunks = plan.chunks.filter(({ speech }) => speech).length;
      if (speechChunks > 0) await tell(deps, { planKey, scratch, chunks: stored, speechChunks });
    }
    working = null;
  };

  return {
    offer: (first: readonly PlannedChunk[]): void => {
      if (first.length <= offered.length) return;
      offered = first;
      if (working !== null) return;
      working = work();
      working.catch(onFailure);
    },
    end: async (): Promise<number> => {
      await working;
      return stored;
    },
  };
}

/** It is a head start only: whoever does not hear of it hears of all chunks at the end. */
async function tell({ signalWorkflow }: Dependencies, ready: ReadyChunks): Promise<void> {
  const { workflowExecution } = Context.current().info;
  if (workflowExecution === undefined) return;
  await signalWorkflow(workflowExecution, CHUNKS_READY_SIGNAL, ready).catch(() => undefined);
}

/** The most chunks that an attempt of this run has stored ahead; empty where none has. */
export async function chunksBefore(
  { store }: Dependencies,
  scratch: string,
): Promise<readonly PlannedChunk[]> {
  const prefix = scratchPlansPrefix(scratch);
  const counts: number[] = [];
  for await (const { key } of store.list(prefix)) {
    counts.push(Number.parseInt(key.slice(prefix.length), 10));
  }
  if (counts.length === 0) return [];
  const plan = await store.getJson(scratchPlanKey(scratch, Math.max(...counts)), chunkPlanSchema);
  return plan.chunks;
}

/**
 * Throws if the plan does not begin with the chunks that this run may have sent already. That takes two workers that
 * decode a recording differently, and plan it at the same time for two jobs: the plan that was stored first counts.
 */
export async function requireSameBeginning(
  deps: Dependencies,
  scratch: string,
  { chunks }: ChunkPlan,
): Promise<void> {
  const before = await chunksBefore(deps, scratch);
  const isSame = before.every(({ startSample, endSample, speech }, index) => {
    const chunk = chunks[index];
    return (
      chunk?.startSample === startSample && chunk.endSample === endSample && chunk.speech === speech
    );
  });
  if (isSame) return;
  throw ApplicationFailure.nonRetryable(
    'another job has planned this recording otherwise at the same time; retry the job, which then uses that plan',
    FAILURES.BadRequest,
  );
}
