import type { FileHandle } from 'node:fs/promises';
import { beginsRecording } from './other-recording.ts';
import { find, MOST_PARTS, MOST_PIECES, readAt } from './scan-file.ts';

interface BoxedRecording {
  readonly start: number;
  /** Where its last box should end: behind the next recording, or behind the file, if it was cut off. */
  readonly promisedEnd: number;
}

/**
 * MP4 and its relatives: boxes of a 32-bit length and four letters. A second `ftyp` begins another recording. Where boxes do
 * not end with the file, a recording of another kind or something else follows, or the recording was cut off: the next one
 * then stands within its last box, and is searched for.
 */
export async function boxedRecordings(
  file: FileHandle,
  path: string,
  size: number,
): Promise<readonly BoxedRecording[]> {
  const recordings: BoxedRecording[] = [];
  let start: number | null = 0;
  let boxes = 0;
  while (start !== null && recordings.length < MOST_PARTS) {
    let at: number = start;
    let last: number = start;
    let promisedEnd: number = start;
    let type = '';
    for (; at < size && boxes < MOST_PIECES; boxes += 1) {
      const head = await readAt(file, at, 16);
      type = head.toString('latin1', 4, 8);
      const length = lengthOf(head);
      if (length < 8 || !/^[ -~©]{4}$/.test(type) || (type === 'ftyp' && at > start)) break;
      last = at;
      at += length;
      if (OURS.test(type)) promisedEnd = at;
    }
    recordings.push({ start, promisedEnd });
    if (at === size || boxes === MOST_PIECES) break;
    if (type === 'ftyp' && at > start) start = at;
    else if (at < size && (await beginsRecording(file, at))) {
      recordings.push({ start: at, promisedEnd: at });
      break;
    } else start = await nextFile(file, path, last + 8);
  }
  return recordings;
}

/** Of a box: 1 says that 64 bits follow; 0, to the end of the file, is none here. */
function lengthOf(head: Buffer): number {
  if (head.length < 8) return 0;
  const length = head.readUInt32BE(0);
  return length === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : length;
}

/** The boxes that recorders write side by side. What follows the last one can look like another. */
const OURS = /^(?:ftyp|styp|moov|moof|mdat|mfra|sidx|free|skip|wide|uuid|meta|udta)$/;

/** Where the next file begins: a short `ftyp` before one of these boxes. Null: nowhere. */
async function nextFile(file: FileHandle, path: string, from: number): Promise<number | null> {
  for await (const { offset } of find(path, Buffer.from('ftyp'), 4, from)) {
    const start = offset - 4;
    const length = lengthOf(await readAt(file, start, 16));
    if (length < 16 || length > 256) continue;
    const next = await readAt(file, start + length, 8);
    if (OURS.test(next.toString('latin1', 4, 8))) return start;
  }
  return null;
}
