import type { Inputs } from '../../adapters/inference/protocols/contract.ts';
import type { Target } from '../../adapters/inference/targets/target.ts';
import type { ByteSource } from '../../adapters/inference/wire/wire-message.ts';
import { toEngineLanguage } from '../../adapters/inference/protocols/reading/iso-language.ts';
import { audioFormOf } from '../../adapters/inference/protocols/contract-table.ts';
import { flacToWave } from '../../adapters/media/encode-chunk.ts';
import { scratchChunkKey } from '../../adapters/object-store/keys.ts';
import { ObjectNotFoundError } from '../../adapters/object-store/object-store-errors.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { chunkPlanSchema, seconds } from '../../workflows/contracts/chunk-plan.ts';
import type { Dependencies } from '../dependencies.ts';
import { homeOf, readJobInput } from '../job/read-job-input.ts';
import { callTarget } from '../paid/call-target.ts';
import { chunkWorkKey } from '../paid/work-keys.ts';
import { withFolder } from '../with-folder.ts';

export const transcribeChunk =
  (deps: Dependencies): Activities['transcribeChunk'] =>
  async (call) => {
    const job = await readJobInput(deps.store, call);
    const plan = await deps.store.getJson(call.planKey, chunkPlanSchema);
    const chunk = plan.chunks[call.index];
    if (chunk === undefined) throw new RangeError(`the plan has no chunk ${call.index}`);
    const audioKey = scratchChunkKey(call.tenant, call.jobId, call.index);
    const { result, reused } = await callTarget(deps, call, {
      role: 'transcribe',
      home: homeOf(job),
      workKey: chunkWorkKey(job, plan, chunk),
      input: async (signal, target) => ({
        ...(await chunkAudio(deps, audioKey, target, signal)),
        durationSeconds: seconds(chunk.endSample - chunk.startSample),
        language: toEngineLanguage(job.options.language),
      }),
      accept: async (answer) => answer,
    });
    return { target: result.target, reused };
  };

/** Longer than any call may take, and short enough that an address in a log soon stops working. */
const ADDRESS_SECONDS = 15 * 60;

/** The audio of a chunk in the form that the target takes: FLAC as stored, WAV, or a presigned address. */
async function chunkAudio(
  { store, scratchDirectory, binaries }: Dependencies,
  key: string,
  target: Target,
  signal: AbortSignal,
): Promise<Pick<Inputs['transcribe'], 'audio' | 'mediaType' | 'url'>> {
  const form = audioFormOf(target);
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
    url: form === 'url' ? await store.addressOf(key, ADDRESS_SECONDS) : null,
  };
}

/** Streams from the store into the request: the audio is never whole in memory. */
async function storedAudio(
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
): Promise<ByteSource> {
  const found = await store.head(key);
  if (found === null) throw new ObjectNotFoundError(key);
  return {
    length: found.bytes,
    open: async function* () {
      for await (const chunk of await store.getStream(key, { signal })) {
        if (chunk instanceof Uint8Array) yield chunk;
      }
    },
  };
}
