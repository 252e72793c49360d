import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** A day of Ogg has 4.3 million pages where each holds 20 ms, as conference servers write it. */
export const MOST_PIECES = 5_000_000;

/** Up to `length` bytes of a file from `position`: fewer at its end. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/**
 * A browser that begins anew every ten seconds makes a thousand in three hours. What stands behind so many is the last part,
 * and is not looked at.
 */
export const MOST_PARTS = 1000;

/**
 * Goes through a file by steps: each is told where it is in `bytes` and in the file, sees `ahead` bytes at least unless the
 * file ends, and answers how many bytes it passes; 0 ends the walk.
 */
export async function walk(
  file: FileHandle,
  ahead: number,
  step: (bytes: Buffer, at: number, offset: number) => number,
): Promise<void> {
  for (let offset = 0; ;) {
    const bytes = await readAt(file, offset, BLOCK_BYTES + ahead);
    const isLast = bytes.length < BLOCK_BYTES + ahead;
    const until = isLast ? bytes.length : BLOCK_BYTES;
    let at = 0;
    while (at < until) {
      const passed = step(bytes, at, offset + at);
      if (passed === 0) return;
      at += passed;
    }
    if (isLast) return;
    offset += at;
  }
}
const BLOCK_BYTES = 1024 ** 2;

/** Where `mark` occurs from there on, each with `length` bytes. */
export async function* find(
  path: string,
  mark: Buffer,
  length: number,
  start = 0,
): AsyncGenerator<{ readonly offset: number; readonly bytes: Buffer }> {
  let rest: Buffer = Buffer.alloc(0);
  let restOffset = start;
  let found = 0;
  const blocks: AsyncIterable<Buffer> = createReadStream(path, {
    start,
    highWaterMark: BLOCK_BYTES,
  });
  for await (const block of blocks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, block]) : block;
    let from = 0;
    for (;;) {
      const at = bytes.indexOf(mark, from);
      if (at === -1 || at + length > bytes.length) break;
      yield { offset: restOffset + at, bytes: bytes.subarray(at, at + length) };
      found += 1;
      if (found === MOST_PIECES) return;
      from = at + 1;
    }
    const keep = Math.max(from, bytes.length - length + 1);
    rest = bytes.subarray(keep);
    restOffset += keep;
  }
}
