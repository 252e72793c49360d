import type { FileHandle } from 'node:fs/promises';
import { formAt, formWithin, SAME_FORM } from './raw-frames.ts';
import { MOST_PARTS, walk } from './scan-file.ts';

/** A container whose sound lies in packets that can be cut anywhere. */
type Packets = (
  bytes: Buffer,
  watch: Watch,
) => (bytes: Buffer, at: number, offset: number) => number;

/**
 * MPEG-TS and MPEG-PS: ffmpeg opens a file's sound once, in the form that it has first. Where codec or rate change, or
 * sound begins that was not there, begins another recording. Answers with their positions; null: it is neither.
 */
export async function packetStarts(file: FileHandle, head: Buffer): Promise<number[] | null> {
  const packets = isTransport(head) ? transport : isProgram(head) ? program : null;
  if (packets === null) return null;
  const starts = [0];
  const step = packets(head, createWatch(starts));
  await walk(file, AHEAD_BYTES, (bytes, at, offset) =>
    starts.length === MOST_PARTS ? 0 : step(bytes, at, offset),
  );
  return starts;
}

/** Enough to know MPEG-TS by. */
export const PACKETS_HEAD_BYTES = 1024;

/** The longest packet and its header. */
const AHEAD_BYTES = 6 + 0xffff;

interface Watch {
  /** A packet of this stream, at this place of the file, holds sound of this form; null: it cannot be known. */
  readonly heard: (stream: number, form: number | null, offset: number) => void;
}

function createWatch(starts: number[]): Watch {
  interface Stream {
    form: number;
    packets: number;
    /** Another form, seen in the latest packets, and where first. */
    other: { readonly form: number; readonly offset: number; packets: number } | null;
  }
  const streams = new Map<number, Stream>();
  const begin = (offset: number): void => {
    starts.push(offset);
    streams.clear();
  };
  return {
    heard: (id, told, offset) => {
      const stream = streams.get(id);
      const form = told === SAME_FORM ? (stream?.other?.form ?? stream?.form ?? null) : told;
      if (form === null) {
        if (stream) stream.other = null;
        return;
      }
      if (stream === undefined) {
        const isNew = [...streams.values()].some(({ packets }) => packets > BEGINNING_PACKETS);
        if (isNew) begin(offset);
        streams.set(id, { form, packets: 1, other: null });
        return;
      }
      stream.packets += 1;
      if (stream.form === form) stream.other = null;
      else if (stream.other?.form !== form) stream.other = { form, offset, packets: 1 };
      else if ((stream.other.packets += 1) === SURE_PACKETS) {
        begin(stream.other.offset);
        streams.set(id, { form, packets: SURE_PACKETS, other: null });
      }
    },
  };
}

/** Bytes that look like a frame by chance do so once. */
const SURE_PACKETS = 2;

/** The streams of a recording do not all begin with the first packet: a few seconds. */
const BEGINNING_PACKETS = 10;

/** Packets of 188 bytes, after four of a clock in `.m2ts`, before sixteen of a checksum in some broadcasts. */
function strideOf(bytes: Buffer): { readonly stride: number; readonly sync: number } | null {
  for (const stride of [188, 192, 204]) {
    const sync = stride === 192 ? 4 : 0;
    if ([0, 1, 2, 3, 4].every((packet) => bytes[sync + packet * stride] === 0x47)) {
      return { stride, sync };
    }
  }
  return null;
}
const isTransport = (head: Buffer): boolean => strideOf(head) !== null;

const transport: Packets = (head, { heard }) => {
  const { stride, sync } = strideOf(head) ?? { stride: 188, sync: 0 };
  return (bytes, at, offset) => {
    const start = at + sync;
    // Damage: the next place where packets follow one another.
    if (bytes[start] !== 0x47) return 1;
    if (start + 188 > bytes.length) return stride;
    const flags = bytes[start + 1] ?? 0;
    const content = (bytes[start + 3] ?? 0) >> 4;
    const begins = (flags & 0x40) !== 0 && (content & 1) !== 0;
    const payload = start + 4 + ((content & 2) === 0 ? 0 : 1 + (bytes[start + 4] ?? 0));
    const sound = begins ? soundAt(bytes.subarray(0, start + 188), payload) : null;
    if (sound) heard(((flags & 0x1f) << 8) | (bytes[start + 2] ?? 0), sound.form, offset);
    return stride;
  };
};

const PACK = 0x000001ba;
const isProgram = (head: Buffer): boolean => head.length >= 12 && head.readUInt32BE(0) === PACK;

const program: Packets = (_head, { heard }) => {
  let pack = 0;
  return (bytes, at, offset) => {
    if (at + 14 > bytes.length || bytes.readUIntBE(at, 3) !== 1) return 1;
    const id = bytes[at + 3] ?? 0;
    if (id === 0xba) {
      pack = offset;
      const isMpeg2 = (bytes[at + 4] ?? 0) >> 6 === 1;
      return isMpeg2 ? 14 + ((bytes[at + 13] ?? 0) & 7) : 12;
    }
    if (id < 0xbb) return 4;
    const length = 6 + bytes.readUInt16BE(at + 4);
    const sound = soundAt(bytes.subarray(0, at + length), at);
    // ffmpeg knows the format by the header of a pack. Not every packet holds two frames.
    if (sound && sound.form !== null) heard(sound.id, sound.form, pack);
    return length;
  };
};

/** The sound that a packet holds, which ends with `bytes`: the number of its stream, and its form. Null: it holds none. */
function soundAt(
  bytes: Buffer,
  at: number,
): { readonly id: number; readonly form: number | null } | null {
  if (at + 9 > bytes.length || bytes.readUIntBE(at, 3) !== 1) return null;
  const id = bytes[at + 3] ?? 0;
  const isSound = (id >= 0xc0 && id <= 0xdf) || id === 0xbd || id === 0xfd;
  if (!isSound) return null;
  let start = at + 9 + (bytes[at + 8] ?? 0);
  if ((bytes[at + 6] ?? 0) >> 6 !== 2) {
    // MPEG-1: stuffing, the size of a buffer, times.
    start = at + 6;
    while (bytes[start] === 0xff && start < at + 22) start += 1;
    if ((bytes[start] ?? 0) >> 6 === 1) start += 2;
    const times = (bytes[start] ?? 0) >> 4;
    start += times === 3 ? 10 : times === 2 ? 5 : 1;
  }
  return { id, form: formAt(bytes, start) ?? formWithin(bytes, start) };
}
