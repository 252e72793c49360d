import type { ByteSource } from '../../adapters/inference/wire/wire-message.ts';
import { ObjectNotFoundError } from '../../adapters/object-store/object-store-errors.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';

/** Longer than most calls may take, and short enough that an address in a log soon stops working. */
export const ADDRESS_SECONDS = 15 * 60;

/** Streams from the store into the request: the audio is never whole in memory. */
export async function storedAudio(
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
