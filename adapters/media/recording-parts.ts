import { open, type FileHandle } from 'node:fs/promises';
import { containerOf } from './marked-containers.ts';
import { boxedRecordings } from './mp4-boxes.ts';
import { beginsRecording } from './other-recording.ts';
import { packetStarts, PACKETS_HEAD_BYTES } from './mpeg-packets.ts';
import { beginsWithFrames, frameStarts } from './raw-frames.ts';
import { find, MOST_PARTS, readAt } from './scan-file.ts';

/** One recording within a file: recorders that restart, and people who join files byte by byte, make several. */
export interface RecordingPart {
  /** Its bytes in the file: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** A WAV whose header is of an earlier save: the sound continues to `end`. */
  readonly staleLength: boolean;
  /** The container says that its end is missing. */
  readonly cut: boolean;
}

/** Finds the recordings in a file by the structure of its container; a container that we do not know is one. */
export async function recordingParts(path: string): Promise<readonly RecordingPart[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = await readAt(file, 0, PACKETS_HEAD_BYTES);
    const start = head.toString('latin1', 0, 4);
    const marked = containerOf(head);
    if (marked) {
      const starts = [0];
      for await (const { offset, bytes } of find(path, marked.mark, HEAD_BYTES)) {
        if (offset > 0 && marked.begins(bytes)) starts.push(offset);
      }
      return await Promise.all(
        between(starts, size).map(async (part) => {
          const promised = marked.promisedLength?.(await readAt(file, part.start, 4096)) ?? 0;
          return { ...part, cut: part.start + promised > part.end };
        }),
      );
    }
    if (['RIFF', 'RF64'].includes(start)) return await waveParts(file, size);
    if (head.toString('latin1', 4, 8) === 'ftyp') {
      const found = await boxedRecordings(file, path, size);
      const parts = between(
        found.map(({ start: from }) => from),
        size,
      );
      return parts.map((part, index) => ({
        ...part,
        cut: (found[index]?.promisedEnd ?? 0) > part.end,
      }));
    }
    if (start === 'OggS') return await oggParts(path, size);
    if (beginsWithFrames(head)) return between(await frameStarts(file), size);
    if (start === 'fLaC') return between(await flacStarts(path), size);
    if (head.readUIntBE(0, Math.min(4, head.length)) === EBML) {
      const parts = between(await matroskaStarts(path), size);
      return await Promise.all(
        parts.map(async (part) => ({ ...part, cut: await isSegmentCut(file, part) })),
      );
    }
    return between((await packetStarts(file, head)) ?? [0], size);
  } finally {
    await file.close();
  }
}

/** Enough to know most containers by. */
const HEAD_BYTES = 32;

const between = (starts: readonly number[], size: number): RecordingPart[] =>
  starts.slice(0, MOST_PARTS).map((start, index) => ({
    start,
    end: index + 1 < MOST_PARTS ? (starts[index + 1] ?? size) : size,
    staleLength: false,
    cut: false,
  }));

/**
 * WAV: chunks of four letters and a 32-bit length. What follows the sound is another chunk, another recording, or, if the
 * length is of an earlier save, more sound. A length of 0 or all ones means: to the end of the file.
 */
async function waveParts(file: FileHandle, size: number): Promise<RecordingPart[]> {
  const parts: RecordingPart[] = [];
  let start = 0;
  let at = 12;
  let hasSound = false;
  let isSplit = false;
  let longLength: number | null = null; // RF64 tells the length of its sound before it
  const add = (end: number, flags: Partial<RecordingPart> = {}) =>
    parts.push({ start, end, staleLength: false, cut: false, ...flags });
  for (let chunks = 0; chunks < 10_000 && parts.length < MOST_PARTS; chunks += 1) {
    const head = await readAt(file, at, 24);
    if (head.length < 8) break;
    const id = head.toString('latin1', 0, 4);
    let length = head.readUInt32LE(4);
    if (['RIFF', 'RF64'].includes(id) && head.toString('latin1', 8, 12) === 'WAVE') {
      add(at, { cut: isSplit });
      start = at;
      at += 12;
      [hasSound, isSplit] = [false, false];
      continue;
    }
    if (hasSound && (await beginsRecording(file, at))) {
      add(at, { cut: isSplit });
      start = at;
      isSplit = false;
      break;
    }
    if (!/^[ -~]{4}$/.test(id)) {
      add(size, { staleLength: true });
      return parts;
    }
    if (id === 'ds64' && head.length === 24) longLength = Number(head.readBigUInt64LE(16));
    if (id === 'data') {
      // Of sound in two pieces, ffmpeg reads the first alone.
      isSplit ||= hasSound;
      hasSound = true;
      const isOpen = length === 0 || length === 0xffff_ffff;
      if (isOpen && longLength === null) break;
      if (isOpen) length = longLength ?? 0;
      if (at + 8 + length > size) {
        add(size, { cut: true });
        return parts;
      }
    } else if (at + 8 + length > size) {
      // Not a chunk: sound that happens to look like one, or a cut list of tags.
      add(size, { cut: isSplit });
      return parts;
    }
    at += 8 + length + (length % 2);
  }
  add(size, { cut: isSplit });
  return parts;
}

/** Ogg: a page that begins a stream, after pages that do not, begins another recording. Its last page says so. */
async function oggParts(path: string, size: number): Promise<RecordingPart[]> {
  const starts = [0];
  let wasBeginning = true;
  const ended = [false];
  for await (const { offset, bytes } of find(path, Buffer.from('OggS\0', 'latin1'), 6)) {
    const flags = bytes[5] ?? 0;
    const isBeginning = (flags & 2) !== 0;
    if (isBeginning && !wasBeginning) {
      starts.push(offset);
      ended.push(false);
    }
    wasBeginning = isBeginning;
    if ((flags & 4) !== 0) ended[ended.length - 1] = true;
  }
  return between(starts, size).map((part, index) => ({ ...part, cut: ended[index] !== true }));
}

/** FLAC: the marker, followed by the block of facts that each file begins with. */
async function flacStarts(path: string): Promise<number[]> {
  const starts = [0];
  for await (const { offset, bytes } of find(path, Buffer.from('fLaC', 'latin1'), 8)) {
    if (offset > 0 && (bytes.readUInt32BE(4) & 0x7fff_ffff) === 34) starts.push(offset);
  }
  return starts;
}

const EBML = 0x1a45dfa3;

/** Matroska and WebM: a header that names the type of document. */
async function matroskaStarts(path: string): Promise<number[]> {
  const starts = [0];
  for await (const { offset, bytes } of find(path, Buffer.from('1a45dfa3', 'hex'), 64)) {
    if (offset > 0 && /matroska|webm/.test(bytes.toString('latin1'))) starts.push(offset);
  }
  return starts;
}

/** Whether the one segment of a Matroska file says that it is longer than what is there. */
async function isSegmentCut(file: FileHandle, { start, end }: RecordingPart): Promise<boolean> {
  const head = await readAt(file, start, 256);
  const header = elementLength(head, 4);
  const at = 4 + header.width + header.length;
  if (head.length < at + 12 || head.readUInt32BE(at) !== 0x18538067) return false;
  const segment = elementLength(head, at + 4);
  return segment.length !== Infinity && start + at + 4 + segment.width + segment.length > end;
}

/** A length of EBML: the zeros before its first one tell how many bytes it has. All ones: unknown. */
function elementLength(head: Buffer, at: number): { readonly width: number; length: number } {
  const width = Math.clz32(head[at] ?? 0) - 23;
  let value = (head[at] ?? 0) & (0xff >> width);
  for (let index = 1; index < width; index += 1) value = value * 256 + (head[at + index] ?? 0);
  return { width, length: value === 2 ** (7 * width) - 1 ? Infinity : value };
}
