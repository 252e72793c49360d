import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { audioFormOf } from '../../adapters/inference/protocols/contract-table.ts';
import type { Inputs } from '../../adapters/inference/protocols/contract.ts';
import type { Target } from '../../adapters/inference/targets/target.ts';
import { trackToWave } from '../../adapters/media/encode-track.ts';
import { scratchTrackKey } from '../../adapters/object-store/keys.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { chunkPlanSchema, recordingSeconds } from '../../workflows/contracts/chunk-plan.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { callTarget } from '../paid/call-target.ts';
import { speakersWorkKey } from '../paid/work-keys.ts';
import { withFolder } from '../with-folder.ts';
import { addressSeconds, storedAudio } from './stored-audio.ts';

/** Asks a target to tell apart the voices of a recording with one track, whose audio `prepareRecording` stored. */
export const diarizeRecording =
  (deps: Dependencies): Activities['diarizeRecording'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const plan = await deps.store.getJson(call.planKey, chunkPlanSchema);
    return await withFolder(deps.scratchDirectory, async (folder) => {
      const { result, reused } = await callTarget(deps, call, {
        role: 'diarize',
        home: homeOf(job),
        workKey: speakersWorkKey(job, plan),
        input: async (signal, target) => ({
          ...(await trackAudio(deps, { scratch: call.scratch, folder }, target, signal)),
          durationSeconds: recordingSeconds(plan),
        }),
        accept: async (answer) => answer,
      });
      return { target: result.target, reused, callKey: result.callKey };
    });
  };

/** The audio in the form that the target takes: Ogg Opus as stored, WAV, or a presigned address. */
async function trackAudio(
  { store, binaries }: Dependencies,
  { scratch, folder }: { readonly scratch: string; readonly folder: string },
  target: Target,
  signal: AbortSignal,
): Promise<Pick<Inputs['diarize'], 'audio' | 'mediaType' | 'url'>> {
  const key = scratchTrackKey(scratch);
  const form = audioFormOf(target);
  if (form !== 'wav') {
    const { startToCloseTimeoutMs } = Context.current().info;
    const url =
      form === 'url' ? await store.addressOf(key, addressSeconds(startToCloseTimeoutMs)) : null;
    return { audio: await storedAudio(store, key, signal), mediaType: 'audio/ogg', url };
  }
  const path = join(folder, 'track.wav');
  await trackToWave(await store.getStream(key, { signal }), { to: path, signal, binaries });
  const { size: length } = await stat(path);
  return {
    audio: { length, open: () => createReadStream(path) },
    mediaType: 'audio/x-wav',
    url: null,
  };
}
