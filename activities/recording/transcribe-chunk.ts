import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { Inputs } from '../../adapters/inference/protocols/contract.ts';
import type { Target } from '../../adapters/inference/targets/target.ts';
import { toEngineLanguage } from '../../adapters/inference/protocols/reading/iso-language.ts';
import { audioFormOf, detectsLanguage } from '../../adapters/inference/protocols/contract-table.ts';
import { cutFlac, flacToWave } from '../../adapters/media/encode-chunk.ts';
import {
  scratchChunkKey,
  scratchStretchKey,
  sharedScratchPrefix,
} from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { seconds, type Samples } from '../../workflows/contracts/chunk-plan.ts';
import { FAILURES } from '../../workflows/contracts/failures.ts';
import { transcribeAnswerSchema } from '../../workflows/contracts/stored-results.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { callTarget } from '../paid/call-target.ts';
import { chunkWorkKey, stretchWorkKey } from '../paid/work-keys.ts';
import { doubtsOf, isMostlyVoice } from '../transcript/doubts-of.ts';
import { withFolder } from '../with-folder.ts';
import { readPlan } from './read-plan.ts';
import { doubtedStretch } from './second-answers.ts';
import { addressSeconds, storedAudio } from './stored-audio.ts';

/** Asks a target for a chunk, or for a stretch of one that the chunk's answer left in doubt. */
export const transcribeChunk =
  (deps: Dependencies): Activities['transcribeChunk'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const plan = await readPlan(deps.store, call.planKey);
    const chunk = plan.chunks[call.index];
    if (chunk === undefined) throw new RangeError(`the plan has no chunk ${call.index}`);
    const { stretch } = call;
    const asked = stretch ?? chunk;
    const scratch = call.scratch ?? sharedScratchPrefix(call.tenant, call.jobId);
    const answering = callTarget(deps, call, {
      role: 'transcribe',
      home: homeOf(job),
      workKey: stretch ? stretchWorkKey(job, plan, stretch) : chunkWorkKey(job, plan, chunk),
      input: async (signal, target) => {
        const audioKey = stretch
          ? await cutStretch(deps, { scratch, index: call.index, chunk, stretch }, signal)
          : scratchChunkKey(scratch, call.index);
        return {
          ...(await chunkAudio(deps, audioKey, target, signal)),
          durationSeconds: seconds(asked.endSample - asked.startSample),
          // To the same audio most engines answer the same loop again; to its parts they answer words.
          acceptsLoop: stretch === undefined && isMostlyVoice(chunk),
          // Another language may be why a stretch has no words yet.
          language:
            stretch && detectsLanguage(target) ? null : toEngineLanguage(job.options.language),
        };
      },
      accept: async (answer) => answer,
    });
    const { result, reused } = await (stretch ? answering.catch(onlyOnce) : answering);
    if (stretch) return { target: result.target, reused };
    const doubts = doubtsOf(chunk, transcribeAnswerSchema.parse(result.answer));
    return {
      target: result.target,
      reused,
      doubts: doubts.map((doubt) => doubtedStretch(plan, call.index, doubt)),
    };
  };

/**
 * A stretch is often music, at which a model answers nothing but a loop, every time. Such an answer is billed and refused:
 * it is not asked for again, and says nothing of what the target answers to the chunks.
 */
function onlyOnce(error: unknown): never {
  if (!(error instanceof ApplicationFailure) || !isUnusable(error)) throw error;
  const { message, details } = error;
  throw ApplicationFailure.nonRetryable(message, FAILURES.ItemExhausted, ...(details ?? []));
}

const isUnusable = ({ details }: ApplicationFailure): boolean =>
  z.looseObject({ kind: z.literal('provider_bug') }).safeParse(details?.[0]).success;

/** Cuts a stretch out of its chunk, and answers the key of its audio. */
async function cutStretch(
  { store, scratchDirectory, binaries }: Dependencies,
  {
    scratch,
    index,
    chunk,
    stretch,
  }: {
    readonly scratch: string;
    readonly index: number;
    readonly chunk: Samples;
    readonly stretch: Samples;
  },
  signal: AbortSignal,
): Promise<string> {
  const key = scratchStretchKey(scratch, index, stretch);
  if ((await store.head(key)) !== null) return key;
  const whole = scratchChunkKey(scratch, index);
  if ((await store.head(whole)) === null) {
    // Only where the recording was prepared by an older worker. The other stretches and chunks go on.
    throw ApplicationFailure.nonRetryable(
      `the audio of chunk ${index} is not in the store, so a part of it is not asked again; retry the job`,
      FAILURES.BadRequest,
    );
  }
  const audio = await store.get(whole, { signal });
  const flac = await withFolder(scratchDirectory, (folder) =>
    cutFlac({
      flac: audio,
      startSample: stretch.startSample - chunk.startSample,
      endSample: stretch.endSample - chunk.startSample,
      folder,
      signal,
      binaries,
    }),
  );
  await store.put(key, flac, { contentType: 'audio/flac', signal });
  return key;
}

/** The audio of a chunk in the form that the target takes: FLAC as stored, WAV, or a presigned address. */
async function chunkAudio(
  { store, scratchDirectory, binaries }: Dependencies,
  key: string,
  target: Target,
  signal: AbortSignal,
): Promise<Pick<Inputs['transcribe'], 'audio' | 'mediaType' | 'url'>> {
  const form = audioFormOf(target);
  const { startToCloseTimeoutMs } = Context.current().info;
  if (form === 'wav') {
    const flac = await store.get(key, { signal });
    const audio = await withFolder(scratchDirectory, (folder) =>
      flacToWave({ flac, folder, signal, binaries }),
    );
    return { audio, mediaType: 'audio/x-wav', url: null };
  }
  return {
    audio: await storedAudio(store, key, signal),
    mediaType: 'audio/flac',
    url: form === 'url' ? await store.addressOf(key, addressSeconds(startToCloseTimeoutMs)) : null,
  };
}
