import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ApplicationFailure } from '@temporalio/common';
import { decodeRecording } from '../../adapters/media/decode-recording.ts';
import { encodeChunk } from '../../adapters/media/encode-chunk.ts';
import { frameEnergy } from '../../adapters/media/frame-energy.ts';
import { planChunks, PLANNER_VERSION } from '../../adapters/media/plan-chunks.ts';
import { UnreadableAudioError } from '../../adapters/media/media-errors.ts';
import { detectVoice } from '../../adapters/media/detect-voice.ts';
import {
  planKey as planKeyOf,
  scratchChunkKey,
  sourceKey,
} from '../../adapters/object-store/keys.ts';
import { findResultKey } from '../../adapters/paid-call/look-up-result.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import {
  chunkPlanSchema,
  seconds,
  type ChunkPlan,
  type PlannedChunk,
} from '../../workflows/contracts/chunk-plan.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Dependencies } from '../dependencies.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { withFolder } from '../with-folder.ts';
import { withHeartbeat } from '../with-heartbeat.ts';
import { chunkWorkKey } from '../paid/work-keys.ts';

/**
 * 16 kHz mono, voice activity, chunk plan, chunks to S3. The plan is the recording's and made once; chunk audio is the
 * job's scratch and made only for chunks whose answer is not held, so a job that holds them all decodes nothing.
 */
export const prepareRecording =
  (deps: Dependencies): Activities['prepareRecording'] =>
  async ({ tenant, jobId, chunkLimitSeconds }) => {
    return await withHeartbeat(async ({ signal }) => {
      const job = await readJobInput(deps.store, { tenant, jobId });
      const planKey = planKeyOf(tenant, job.source.sha256, PLANNER_VERSION, chunkLimitSeconds);
      let plan = await deps.store.findJson(planKey, chunkPlanSchema);
      let missing = plan === null ? null : await chunksToEncode(deps, job, plan);

      if (plan === null || missing === null || missing.length > 0) {
        await withFolder(deps.scratchDirectory, async (folder) => {
          const pcmPath = await decodeSource(deps, job, folder, signal);
          if (plan === null) {
            await deps.store.putJson(
              planKey,
              await makePlan(job, pcmPath, chunkLimitSeconds, signal),
              { ifAbsent: true },
            );
            plan = await deps.store.getJson(planKey, chunkPlanSchema);
          }
          missing ??= await chunksToEncode(deps, job, plan);
          await encodeChunks(deps, job, missing, pcmPath, signal);
        });
      }
      if (plan === null) throw new TypeError('a plan was stored and is not there');
      return {
        planKey,
        durationSeconds: seconds(plan.samples),
        chunks: plan.chunks.length,
        speechChunks: speechOf(plan).length,
      };
    });
  };

/** Chunks that will be sent and whose audio is not in S3 yet. Throws `NoSpeech` where there is nothing to send. */
async function chunksToEncode(
  { store }: Dependencies,
  job: JobInput,
  plan: ChunkPlan,
): Promise<readonly PlannedChunk[]> {
  const speech = speechOf(plan);
  if (speech.length === 0) {
    throw ApplicationFailure.nonRetryable(
      `no speech was found in ${seconds(plan.samples)} s of audio`,
      FAILURES.NoSpeech,
    );
  }
  const needed = await mapConcurrent(speech, async (chunk) => {
    const workKey = chunkWorkKey(job, plan, chunk);
    if ((await findResultKey(store, homeOf(job), 'transcribe', workKey)) !== null) return false;
    return (await store.head(scratchChunkKey(job.tenant, job.jobId, chunk.index))) === null;
  });
  return speech.filter((_chunk, position) => needed[position]);
}

const speechOf = (plan: ChunkPlan) => plan.chunks.filter(({ speech }) => speech);

async function decodeSource(
  { store, binaries }: Dependencies,
  job: JobInput,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const recordingPath = join(folder, 'recording');
  const pcmPath = join(folder, 'audio.s16le');
  const source = await store.getStream(sourceKey(job.tenant, job.source.sha256), { signal });
  const digest = createHash('sha256');
  const hashing = new Transform({
    transform(block: Buffer, _encoding, done) {
      digest.update(block);
      done(null, block);
    },
  });
  await pipeline(source, hashing, createWriteStream(recordingPath), { signal });
  // The client's digest is a claim until it is computed again here.
  if (digest.digest('hex') !== job.source.sha256) {
    throw ApplicationFailure.nonRetryable(
      `the stored recording is not the one with SHA-256 ${job.source.sha256}; submit the file again`,
      FAILURES.UnreadableAudio,
    );
  }
  try {
    await decodeRecording({ path: recordingPath, pcmPath, binaries, signal });
  } catch (error) {
    if (!(error instanceof UnreadableAudioError)) throw error;
    throw ApplicationFailure.create({
      type: FAILURES.UnreadableAudio,
      message: error.message,
      nonRetryable: true,
    });
  }
  return pcmPath;
}

async function makePlan(
  job: JobInput,
  pcmPath: string,
  limitSeconds: number,
  signal: AbortSignal,
): Promise<ChunkPlan> {
  const { samples, spans } = await detectVoice({ pcmPath, signal });
  const quietness = await frameEnergy(pcmPath, { signal });
  return planChunks({
    samples,
    spans,
    quietness,
    limitSeconds,
    sourceSha256: job.source.sha256,
  });
}

async function encodeChunks(
  { store, binaries }: Dependencies,
  job: JobInput,
  chunks: readonly PlannedChunk[],
  pcmPath: string,
  signal: AbortSignal,
): Promise<void> {
  await mapConcurrent(
    chunks,
    async ({ index, startSample, endSample }) => {
      const flac = await encodeChunk({ pcmPath, startSample, endSample, binaries, signal });
      await store.put(scratchChunkKey(job.tenant, job.jobId, index), flac, {
        contentType: 'audio/flac',
        signal,
      });
    },
    ENCODERS,
  );
}

/** ffmpeg processes at once: encoding 28 s takes some 50 ms, most of it start-up. */
const ENCODERS = 2;
