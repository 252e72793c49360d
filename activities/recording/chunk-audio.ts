import { audioFormOf } from '../../adapters/inference/targets/audio-form.ts';
import type { ByteSource, Inputs, Target } from '../../adapters/inference/protocols/contract.ts';
import { flacToWave } from '../../adapters/media/encode-chunk.ts';
import { ObjectNotFoundError } from '../../adapters/object-store/object-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { withFolder } from '../with-folder.ts';

/** Longer than any call may take, and soon over for whoever finds the address in a log. */
const ADDRESS_SECONDS = 15 * 60;

/** A chunk's audio in the form in which the target wants it: as it lies in the store, as WAV, or by its address. */
export async function chunkAudio(
  { store, scratchDirectory, binaries }: Dependencies,
  key: string,
  target: Target,
  signal: AbortSignal,
): Promise<Pick<Inputs['transcribe'], 'audio' | 'mediaType' | 'url'>> {
  switch (audioFormOf(target)) {
    case 'flac':
      return { audio: await stored(store, key, signal), mediaType: 'audio/flac', url: null };
    case 'url':
      return {
        audio: await stored(store, key, signal),
        mediaType: 'audio/flac',
        url: await store.addressOf(key, ADDRESS_SECONDS),
      };
    case 'wav': {
      const flac = await store.get(key, { signal });
      const audio = await withFolder(scratchDirectory, (folder) =>
        flacToWave({ flac, folder, signal, binaries }),
      );
      return { audio, mediaType: 'audio/x-wav', url: null };
    }
  }
}

/** Streamed from the store into the request, and never whole in memory. */
async function stored(
  store: Dependencies['store'],
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
