import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { FileChangedError } from './object-store-errors.ts';

/**
 * A file as a stream of exactly `bytes` bytes. One that turns out longer or shorter ends with `FileChangedError` before its
 * last block, so that no server takes it for whole: told only the length, a server stores what fits and drops the rest.
 */
export const exactFile = (path: string, bytes: number): Readable =>
  Readable.from(counted(path, bytes), { objectMode: false });

async function* counted(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | null = null;
  let read = 0;
  for await (const block of createReadStream(path)) {
    if (!(block instanceof Uint8Array)) throw new TypeError('a file is read as bytes');
    read += block.byteLength;
    if (read > bytes) throw new FileChangedError(path, bytes);
    if (held !== null) yield held;
    held = block;
  }
  if (read !== bytes) throw new FileChangedError(path, bytes);
  if (held !== null) yield held;
}
