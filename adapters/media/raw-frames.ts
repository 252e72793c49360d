import type { FileHandle } from 'node:fs/promises';
import { MOST_PARTS, readAt, walk } from './scan-file.ts';

/**
 * Sound without a container (MP3, MP2, AAC in ADTS or LATM): frames that each say their length and their form, that is
 * codec and rate. ffmpeg counts the time of the whole file by the first rate, so another one begins another recording; so
 * does a tag in front of MP3, whose decoder takes it for damage. Downloaded broadcasts in ADTS have a tag every few seconds.
 * What is neither is passed over. Answers with the positions of the beginnings.
 */
export async function frameStarts(file: FileHandle): Promise<number[]> {
  const starts = [0];
  let form: number | null = null;
  let tag: number | null = null;
  await walk(file, AHEAD_BYTES, (bytes, at, offset) => {
    if (starts.length === MOST_PARTS) return 0;
    const tagLength = tagLengthAt(bytes, at);
    if (tagLength > 0) {
      tag ??= offset;
      return tagLength;
    }
    const frame = frameAt(bytes, at);
    if (frame === null) return 1;
    const isOther = frame.form !== form && frame.form !== SAME_FORM;
    if (isOther && !isRun(bytes, at)) return 1;
    const isTagged: boolean = tag !== null && frame.form >= MPEG;
    const begins: boolean = isTagged || (isOther && form !== null);
    const start = tag ?? offset;
    if (begins && start > 0) starts.push(start);
    if (isOther) form = frame.form;
    tag = null;
    return frame.length;
  });
  return starts;
}

/** Whether a file begins with such sound, or with a tag that such sound has in front. */
export const beginsWithFrames = (head: Buffer): boolean =>
  tagLengthAt(head, 0) > 0 || isMpegSync(head, 0) || frameAt(head, 0) !== null;

/** Whether such sound begins here in a file, behind its tag if it has one. */
export async function framesBegin(file: FileHandle, at: number): Promise<boolean> {
  const head = await readAt(file, at, 10);
  const tag = tagLengthAt(head, 0);
  if (tag === 0 && frameAt(head, 0) === null) return false;
  const bytes = await readAt(file, at + tag, AHEAD_BYTES);
  return frameAt(bytes, 0) !== null && isRun(bytes, 0);
}

/** A number for the codec and rate of the frame that begins here; null: none that is known. */
export function formAt(bytes: Buffer, at: number): number | null {
  const frame = frameAt(bytes, at);
  if (frame !== null) return frame.form;
  if (bytes[at] === 0x0b && bytes[at + 1] === 0x77) return AC3;
  return bytes.length >= at + 4 && bytes.readUInt32BE(at) === 0x7ffe8001 ? DTS : null;
}

/** The form of the first two frames that follow one another up to the end of `bytes`; null: there are none. */
export function formWithin(bytes: Buffer, from: number): number | null {
  for (let at = from; at < bytes.length; at += 1) {
    const frame = frameAt(bytes, at);
    const next = frame && frameAt(bytes, at + frame.length);
    if (next && next.form === frame.form) return frame.form;
  }
  return null;
}

/** LATM: the form that was told before. */
export const SAME_FORM = -1;

interface Frame {
  /** In bytes, its header included. */
  readonly length: number;
  readonly form: number;
}

const [ADTS, LATM, MPEG, AC3, DTS] = [0x100, 0x200, 0x300, 0x400, 0x500];

function frameAt(bytes: Buffer, at: number): Frame | null {
  if (at + 7 > bytes.length) return null;
  if (bytes[at] === 0x56) return latmFrame(bytes, at);
  if (bytes[at] !== 0xff) return null;
  return isAdtsSync(bytes, at) ? adtsFrame(bytes, at) : mpegFrame(bytes, at);
}

/** Sync bits, and a layer of 0, which MPEG audio never has. */
const isAdtsSync = (bytes: Buffer, at: number): boolean => ((bytes[at + 1] ?? 0) & 0xf6) === 0xf0;

function adtsFrame(bytes: Buffer, at: number): Frame | null {
  const rate = ((bytes[at + 2] ?? 0) >> 2) & 15;
  const length = (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
  return rate > 12 || length < 7 ? null : { length, form: ADTS + rate };
}

/** Its configuration stands in every frame, or in some of them; the other version of it we do not read. */
function latmFrame(bytes: Buffer, at: number): Frame | null {
  if (((bytes[at + 1] ?? 0) & 0xe0) !== 0xe0) return null;
  const length = 3 + (bytes.readUInt16BE(at + 1) & 0x1fff);
  if (length === 3) return null;
  const isTold = ((bytes[at + 3] ?? 0) & 0xc0) === 0;
  // After 16 bits of counts and 5 of the kind of AAC: the number of the rate.
  const rate = (bytes.readUInt16BE(at + 5) >> 7) & 15;
  return { length, form: isTold ? LATM + rate : SAME_FORM };
}

/** The eleven bits that each frame of MPEG audio begins with. */
const isMpegSync = (bytes: Buffer, at: number): boolean =>
  bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xe0) === 0xe0;

function mpegFrame(bytes: Buffer, at: number): Frame | null {
  if (!isMpegSync(bytes, at)) return null;
  const [second = 0, third = 0] = [bytes[at + 1], bytes[at + 2]];
  const version = (second >> 3) & 3; // 3: MPEG-1; 2: MPEG-2; 0: MPEG-2.5
  const layer = 4 - ((second >> 1) & 3);
  const rate = (third >> 2) & 3;
  const speeds = SPEEDS[version === 3 ? layer - 1 : layer === 1 ? 3 : 4];
  const speed = speeds?.[(third >> 4) - 1];
  if (version === 1 || layer === 4 || rate === 3 || speed === undefined) return null;
  const hertz = ([44_100, 48_000, 32_000][rate] ?? 0) / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const samples = layer === 1 ? 384 : layer === 3 && version !== 3 ? 576 : 1152;
  const slot = layer === 1 ? 4 : 1;
  const slots = Math.floor((samples * speed * 125) / hertz / slot) + ((third >> 1) & 1);
  return { length: slots * slot, form: MPEG + (version << 4) + (layer << 2) + rate };
}

/** Kilobits a second: layers 1 to 3 of MPEG-1, layer 1 of MPEG-2, and its layers 2 and 3. */
const SPEEDS: readonly (readonly number[])[] = [
  [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/** A few bytes look like a frame by chance: four that follow one another with the same form do not. */
function isRun(bytes: Buffer, first: number): boolean {
  const form = formAt(bytes, first);
  let at = first;
  for (let count = 0; count < RUN && at < bytes.length; count += 1) {
    const frame = frameAt(bytes, at);
    if (frame === null || (frame.form !== form && frame.form !== SAME_FORM)) return false;
    at += frame.length;
  }
  return true;
}
const RUN = 4;
const AHEAD_BYTES = RUN * (0x1fff + 3);

/** Of an ID3v2 tag, which has seven bits a byte for it; 0: there is none. */
function tagLengthAt(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x49 || bytes.toString('latin1', at, at + 3) !== 'ID3') return 0;
  const rest = bytes.subarray(at + 3, at + 10);
  const length = rest.subarray(3);
  if (![2, 3, 4].includes(rest[0] ?? 0) || rest[1] === 0xff || length.length < 4) return 0;
  if (length.some((byte) => byte > 0x7f)) return 0;
  return 10 + length.reduce((sum, byte) => sum * 128 + byte, 0);
}
