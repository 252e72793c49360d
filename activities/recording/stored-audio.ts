import type { ByteSource } from '../../adapters/inference/wire/wire-message.ts';
import { ObjectNotFoundError } from '../../adapters/object-store/object-store-errors.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';

const SHORTEST_SECONDS = 15 * 60;
/** S3 signs for no longer. */
const LONGEST_SECONDS = 7 * 24 * 60 * 60;

/**
 * How many seconds a presigned address works, for an attempt that may take `attemptMs`: as long as the attempt, so that
 * a provider with a queue can fetch the audio until the end. A call for a chunk takes a few minutes, and an address of
 * a chunk in a log soon stops working; one of a whole recording may work for hours.
 */
export const addressSeconds = (attemptMs: number): number =>
  Math.min(Math.max(SHORTEST_SECONDS, Math.ceil(attemptMs / 1000)), LONGEST_SECONDS);

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
