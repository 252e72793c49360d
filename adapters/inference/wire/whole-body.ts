import { Readable } from 'node:stream';
import type { ByteSource } from './wire-message.ts';

/** What was to be sent could not be read, or was not as long as it said. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
}

/**
 * The source as a stream of exactly its length; it breaks with `SourceFailure`, and then before its last piece: a
 * source that only says at its end that it was damaged makes no whole body of it. It is opened after `begun`.
 */
export const wholeBody = (source: ByteSource, begun: Promise<void>): Readable =>
  Readable.from(pieces(source, begun), { objectMode: false });

async function* pieces(source: ByteSource, begun: Promise<void>): AsyncGenerator<Uint8Array> {
  await begun;
  let bytes = 0;
  let last: Uint8Array | null = null;
  try {
    for await (const chunk of source.open()) {
      if (chunk.length === 0) continue;
      bytes += chunk.length;
      if (bytes > source.length) break;
      if (last !== null) yield last;
      last = chunk;
    }
  } catch (cause) {
    throw new SourceFailure('the source broke', { cause });
  }
  if (bytes !== source.length)
    throw new SourceFailure('the source is not as long as it said', {
      cause: new Error(`${bytes} bytes of ${source.length}`),
    });
  if (last !== null) yield last;
}
