import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { decodeRecording, type DecodedRecording } from '../../adapters/media/decode-recording.ts';
import { encodeChunks } from '../../adapters/media/encode-chunk.ts';
import { encodeTrack } from '../../adapters/media/encode-track.ts';
import { MediaMachineError, UnreadableAudioError } from '../../adapters/media/media-errors.ts';
import { PLANNER_VERSION } from '../../adapters/media/plan-chunks.ts';
import { planRecording } from '../../adapters/media/plan-recording.ts';
import { diskFull } from '../../adapters/media/scratch-space.ts';
import {
  planKey as planKeyOf,
  scratchChunkKey,
  scratchPrefix,
  scratchTrackKey,
} from '../../adapters/object-store/keys.ts';
import { findResult } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities, PreparedRecording } from '../../workflows/contracts/activities.ts';
import {
  chunkPlanSchema,
  recordingSeconds,
  SAMPLE_RATE,
  type ChunkPlan,
  type PlannedChunk,
} from '../../workflows/contracts/chunk-plan.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Dependencies } from '../dependencies.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { runIdOf } from '../job/run-id-of.ts';
import { withFolder } from '../with-folder.ts';
import { withHeartbeat } from '../with-heartbeat.ts';
import { chunkWorkKey, speakersWorkKey } from '../paid/work-keys.ts';
import { fetchSource } from './fetch-source.ts';
import { readPlan } from './read-plan.ts';
import { findDoubts } from './second-answers.ts';

/**
 * Converts the recording to 16 kHz mono, detects speech, plans the chunks and stores their audio. The plan is made once
 * per recording. Chunk audio is scratch of the run and made only for chunks without a stored answer: a job that has
 * all answers decodes nothing.
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
      const missing = held === null ? null : await chunksToEncode(deps, job, held, scratch);
      const needsTrack = async (sound: PlannedSound): Promise<boolean> =>
        call.speakers === true && (await isTrackNeeded(deps, job, sound, scratch));
      if (held !== null && missing?.length === 0 && !(await needsTrack(held)))
        return factsOf(planKey, scratch, held);

      return await withFolder(scratchDirectory, async (folder) => {
        const { pcmPath, decoded } = await decodeSource(deps, job, folder, signal);
        // Nothing goes on in a folder that is deleted.
        const failed = new AbortController();
        const both = AbortSignal.any([signal, failed.signal]);
        const planned = async (): Promise<ChunkPlan> => {
          if (held === null) {
            const made = await makePlan(job, pcmPath, decoded, chunkLimitSeconds, both);
            await store.putJson(planKey, made, { ifAbsent: true });
          }
          const plan = held ?? (await readPlan(store, planKey));
          const chunks = missing ?? (await chunksToEncode(deps, job, plan, scratch));
          await storeChunks(deps, scratch, chunks, pcmPath, both);
          return plan;
        };
        const sound = { ...decoded, sourceSha256: job.source.sha256 };
        const withTrack = async (): Promise<void> => {
          if (await needsTrack(sound)) await storeTrack(deps, scratch, sound, pcmPath, both);
        };
        // The search for voice takes one core.
        const parts = [planned(), withTrack()] as const;
        const end = (): void => {
          failed.abort();
        };
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

/** Chunks that will be sent, whole or in part, and whose audio is not in S3 yet. Fails with `NoSpeech` if no chunk has speech. */
async function chunksToEncode(
  { store }: Dependencies,
  job: JobInput,
  plan: ChunkPlan,
  scratch: string,
): Promise<readonly PlannedChunk[]> {
  const speech = speechOf(plan);
  if (speech.length === 0) {
    throw ApplicationFailure.nonRetryable(
      `no speech was found in ${recordingSeconds(plan)} s of audio`,
      FAILURES.NoSpeech,
    );
  }
  const needed = await mapConcurrent(speech, async (chunk) => {
    const workKey = chunkWorkKey(job, plan, chunk);
    const result = await findResult(store, homeOf(job), 'transcribe', workKey);
    const doubts = result === null ? [] : await findDoubts(store, job, plan, chunk, result);
    if (result !== null && doubts.every(({ second }) => second !== null)) return false;
    return (await store.head(scratchChunkKey(scratch, chunk.index))) === null;
  });
  return speech.filter((_chunk, position) => needed[position]);
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

async function makePlan(
  job: JobInput,
  pcmPath: string,
  { sound, preparationVersion }: DecodedRecording,
  limitSeconds: number,
  signal: AbortSignal,
): Promise<ChunkPlan> {
  return await planRecording({
    pcmPath,
    sound,
    preparationVersion,
    limitSeconds,
    sourceSha256: job.source.sha256,
    signal,
  });
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

async function storeChunks(
  { store, binaries }: Dependencies,
  scratch: string,
  chunks: readonly PlannedChunk[],
  pcmPath: string,
  signal: AbortSignal,
): Promise<void> {
  await mapConcurrent(
    batchesOf(chunks),
    async (batch) => {
      const encoded = await encodeChunks({ pcmPath, chunks: batch, binaries, signal });
      for (const [at, flac] of encoded.entries()) {
        const key = scratchChunkKey(scratch, batch[at]?.index ?? 0);
        await store.put(key, flac, { contentType: 'audio/flac', signal });
      }
    },
    ENCODERS,
  );
}

/** In order: what one run of ffmpeg encodes. */
function batchesOf(chunks: readonly PlannedChunk[]): readonly PlannedChunk[][] {
  const batches: PlannedChunk[][] = [];
  let samples = 0;
  for (const chunk of chunks) {
    const length = chunk.endSample - chunk.startSample;
    const last = batches.at(-1);
    if (last === undefined || last.length === BATCH || samples + length > BATCH_SAMPLES) {
      batches.push([chunk]);
      samples = length;
    } else {
      last.push(chunk);
      samples += length;
    }
  }
  return batches;
}

/** 16 chunks of 28 s take 0.45 s of a core; one by one they would take 1.5 s. */
const BATCH = 16;
/** Ten minutes, of which a worker holds some 10 MB in memory. */
const BATCH_SAMPLES = 600 * SAMPLE_RATE;

/** Concurrent ffmpeg processes. */
const ENCODERS = 2;
