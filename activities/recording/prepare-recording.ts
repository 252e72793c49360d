import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { decodeRecording, type DecodedRecording } from '../../adapters/media/decode-recording.ts';
import { encodeTrack } from '../../adapters/media/encode-track.ts';
import { MediaMachineError, UnreadableAudioError } from '../../adapters/media/media-errors.ts';
import { PLANNER_VERSION } from '../../adapters/media/plan-chunks.ts';
import { startPlanner } from '../../adapters/media/plan-recording.ts';
import { diskFull } from '../../adapters/media/scratch-space.ts';
import {
  planKey as planKeyOf,
  scratchPrefix,
  scratchTrackKey,
} from '../../adapters/object-store/keys.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import type { PreparedRecording } from '../../workflows/contracts/transcribing.ts';
import {
  chunkPlanSchema,
  recordingSeconds,
  type ChunkPlan,
  type PlannedChunk,
} from '../../workflows/contracts/chunk-plan.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { runIdOf } from '../job/run-id-of.ts';
import { withFolder } from '../with-folder.ts';
import { withHeartbeat } from '../with-heartbeat.ts';
import { speakersWorkKey } from '../paid/work-keys.ts';
import { chunksBefore, createChunksAhead, requireSameBeginning } from './chunks-ahead.ts';
import { fetchSource } from './fetch-source.ts';
import { readPlan } from './read-plan.ts';
import { chunksToEncode, storeChunks } from './store-chunks.ts';

/**
 * Converts the recording to 16 kHz mono, detects speech, plans the chunks and stores their audio. The plan is made once
 * per recording. Chunk audio is scratch of the run and made only for chunks without a stored answer: a job that has
 * all answers decodes nothing. Chunks that are certain are stored, and the workflow is told of them, while the rest of the
 * recording is still being planned.
 */
export const prepareRecording =
  (deps: Dependencies): Activities['prepareRecording'] =>
  async (call) =>
    await withHeartbeat(async ({ signal }) => {
      const { store, scratchDirectory } = deps;
      const { tenant, jobId, chunkLimitSeconds } = call;
      const scratch = scratchPrefix(tenant, jobId, runIdOf(call));
      const job = await readJobInput(store, { tenant, jobId });
      const planKey = planKeyOf(tenant, job.source.sha256, PLANNER_VERSION, chunkLimitSeconds);
      const held = await store.findJson(planKey, chunkPlanSchema);
      if (held !== null) await requireSameBeginning(deps, scratch, held);
      const missing = held === null ? null : await chunksOf(deps, job, held, scratch);
      const needsTrack = async (sound: PlannedSound): Promise<boolean> =>
        call.speakers === true && (await isTrackNeeded(deps, job, sound, scratch));
      if (held !== null && missing?.length === 0 && !(await needsTrack(held)))
        return factsOf(planKey, scratch, held);

      // It gets ready while the recording is fetched and decoded.
      const known =
        held === null
          ? ({ plan: null, planner: startPlanner() } as const)
          : ({ plan: held, planner: null } as const);
      await using _planner = known.planner;
      return await withFolder(scratchDirectory, async (folder) => {
        const { pcmPath, decoded } = await decodeSource(deps, job, folder, signal);
        // Nothing goes on in a folder that is deleted.
        const failed = new AbortController();
        const both = AbortSignal.any([signal, failed.signal]);
        const end = (error: unknown): void => {
          failed.abort(error);
        };
        const sound = { ...decoded, sourceSha256: job.source.sha256 };
        const planned = async (): Promise<ChunkPlan> => {
          if (known.plan !== null) {
            await storeChunks(deps, scratch, missing ?? [], pcmPath, both);
            return known.plan;
          }
          const facts = {
            schemaVersion: 1,
            plannerVersion: PLANNER_VERSION,
            limitSeconds: chunkLimitSeconds,
            ...sound,
          } as const;
          const to = { job, scratch, pcmPath, signal: both };
          const ahead = createChunksAhead(deps, { ...to, facts, onFailure: end });
          let from = 0;
          try {
            const made = await known.planner.plan({
              ...facts,
              pcmPath,
              signal: both,
              before: await chunksBefore(deps, scratch),
              onSettled: call.tellsReady === true ? ahead.offer : undefined,
            });
            await store.putJson(planKey, made, { ifAbsent: true });
          } finally {
            from = await ahead.end();
          }
          const plan = await readPlan(store, planKey);
          await requireSameBeginning(deps, scratch, plan);
          const chunks = await chunksOf(deps, job, plan, scratch, from);
          await storeChunks(deps, scratch, chunks, pcmPath, both);
          return plan;
        };
        const withTrack = async (): Promise<void> => {
          if (await needsTrack(sound)) await storeTrack(deps, scratch, sound, pcmPath, both);
        };
        // The search for voice takes one core.
        const parts = [planned(), withTrack()] as const;
        for (const part of parts) part.catch(end);
        try {
          const [plan] = await Promise.all(parts);
          return factsOf(planKey, scratch, plan);
        } finally {
          await Promise.allSettled(parts);
        }
      });
    });

/** What of a plan is known as soon as the recording is decoded. */
type PlannedSound = Pick<ChunkPlan, 'sourceSha256' | 'preparationVersion' | 'samples' | 'sound'>;

const factsOf = (planKey: string, scratch: string, plan: ChunkPlan): PreparedRecording => ({
  planKey,
  scratch,
  durationSeconds: recordingSeconds(plan),
  tracks: tracksOf(plan),
  chunks: plan.chunks.length,
  speechChunks: speechOf(plan).length,
});

const tracksOf = ({ sound }: PlannedSound): number => sound?.tracks.length ?? 1;

/** Whether all of the audio will be sent to tell its voices apart, and is not in S3 yet. Several tracks need no call. */
async function isTrackNeeded(
  { store }: Dependencies,
  job: JobInput,
  sound: PlannedSound,
  scratch: string,
): Promise<boolean> {
  if (tracksOf(sound) > 1) return false;
  const held = await findResult(store, homeOf(job), 'diarize', speakersWorkKey(job, sound));
  return held === null && (await store.head(scratchTrackKey(scratch))) === null;
}

/** The chunks from index `from` on whose audio is still to be stored. Fails with `NoSpeech` if no chunk of the plan has speech. */
async function chunksOf(
  deps: Dependencies,
  job: JobInput,
  plan: ChunkPlan,
  scratch: string,
  from = 0,
): Promise<readonly PlannedChunk[]> {
  if (speechOf(plan).length > 0) return await chunksToEncode(deps, job, plan, { scratch, from });
  throw ApplicationFailure.nonRetryable(
    `no speech was found in ${recordingSeconds(plan)} s of audio`,
    FAILURES.NoSpeech,
  );
}

const speechOf = (plan: ChunkPlan) => plan.chunks.filter(({ speech }) => speech);

async function decodeSource(
  deps: Dependencies,
  job: JobInput,
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly pcmPath: string; readonly decoded: DecodedRecording }> {
  const { binaries } = deps;
  const pcmPath = join(folder, 'audio.s16le');
  try {
    const decoded = await onThisMachine(async () => {
      const path = await fetchSource(deps, job, folder, signal);
      return await decodeRecording({ path, pcmPath, binaries, signal });
    }, folder);
    return { pcmPath, decoded };
  } catch (error) {
    if (!(error instanceof UnreadableAudioError)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, FAILURES.UnreadableAudio);
  }
}

/** A full disk or a program that was ended from outside is no fault of the recording: the activity is tried again. */
async function onThisMachine<T>(work: () => Promise<T>, folder: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const trouble = code === 'ENOSPC' || code === 'EDQUOT' ? await diskFull(folder) : error;
    if (!(trouble instanceof MediaMachineError)) throw error;
    throw ApplicationFailure.retryable(trouble.message, FAILURES.MachineTrouble);
  }
}

/** Minutes do without names: where this fails, the call that tells voices apart finds no audio, and that is reported. */
async function storeTrack(
  { store, binaries }: Dependencies,
  scratch: string,
  { samples }: PlannedSound,
  pcmPath: string,
  signal: AbortSignal,
): Promise<void> {
  const to = `${pcmPath}.ogg`;
  try {
    await encodeTrack({ pcmPath, samples, to, signal, binaries });
    await store.putFile(scratchTrackKey(scratch), to, { contentType: 'audio/ogg', signal });
  } catch {
    signal.throwIfAborted();
  } finally {
    await rm(to, { force: true });
  }
}
