import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readAt, walk } from './scan-file.ts';

/**
 * Copies an Ogg file, or a part of one, in which the page before a damaged one says that it ends where the damage ends.
 * Of Speex and FLAC, ffmpeg takes the time of a page from the end of the page before it: what follows damage would stand
 * as much too early as was lost, and what is missing would stand behind it. Vorbis and Opus tell their lengths themselves.
 */
export async function restampPages(
  { path, start, end }: { readonly path: string; readonly start: number; readonly end: number },
  to: string,
): Promise<void> {
  await pipeline(createReadStream(path, { start, end: end - 1 }), createWriteStream(to));
  const file = await open(to, 'r+');
  try {
    const stamps = createStamps();
    await walk(file, MOST_PAGE_BYTES, (bytes, at, offset) => {
      const found = bytes.indexOf(MARK, at);
      if (found === -1) return Math.max(1, bytes.length - at - MARK.length);
      if (found > at) return found - at;
      const page = readPage(bytes.subarray(at));
      if (page === null) return 1;
      if (page.isWhole) stamps.add({ ...page, offset });
      else stamps.addDamaged(page);
      return page.isWhole ? page.size : 1;
    });
    for (const { offset, size, granule } of stamps.wanted) {
      const page = await readAt(file, offset, size);
      page.writeBigInt64LE(BigInt(granule), GRANULE_AT);
      page.writeUInt32LE(checksum(page), CHECKSUM_AT);
      await file.write(page, 0, page.length, offset);
    }
  } finally {
    await file.close();
  }
}

/** Version 0 of a page: https://www.rfc-editor.org/rfc/rfc3533#section-6 */
const MARK = Buffer.from('OggS\0', 'latin1');
const GRANULE_AT = 6;
const CHECKSUM_AT = 22;
const HEAD_BYTES = 27;
const MOST_PAGE_BYTES = HEAD_BYTES + 255 + 255 * 255;

interface Page {
  readonly serial: number;
  readonly sequence: number;
  /** Samples of the stream at its end; -1: nothing ends in it. */
  readonly granule: number;
  readonly size: number;
}

/** The page at the beginning of `bytes`; null: they end within it. */
function readPage(bytes: Buffer): (Page & { readonly isWhole: boolean }) | null {
  const lengths = bytes.subarray(HEAD_BYTES, HEAD_BYTES + (bytes[HEAD_BYTES - 1] ?? 0));
  const size = lengths.reduce((sum, length) => sum + length, HEAD_BYTES + lengths.length);
  if (bytes.length < Math.max(HEAD_BYTES, size)) return null;
  return {
    granule: Number(bytes.readBigInt64LE(GRANULE_AT)),
    serial: bytes.readUInt32LE(14),
    sequence: bytes.readUInt32LE(18),
    size,
    isWhole: bytes.readUInt32LE(CHECKSUM_AT) === checksum(bytes.subarray(0, size)),
  };
}

interface Stamp {
  readonly offset: number;
  readonly size: number;
  readonly granule: number;
}

/** Collects which pages need another time. */
function createStamps() {
  const wanted: Stamp[] = [];
  const streams = new Map<number, { sequence: number; last: Stamp; length: number }>();
  let stated: number | null = null;
  return {
    wanted,
    /** Its time may be right, although something of it is wrong. */
    addDamaged: ({ granule }: Page): void => {
      stated = granule;
    },
    add: ({
      serial,
      sequence,
      granule,
      size,
      offset,
    }: Page & { readonly offset: number }): void => {
      const before = streams.get(serial);
      if (before !== undefined && sequence > before.sequence + 1 && granule > before.last.granule) {
        const { last, length } = before;
        const isLikely = stated !== null && stated > last.granule && stated < granule;
        const lostUntil = isLikely ? stated : Math.max(last.granule, granule - length);
        // Headers end at 0: ffmpeg counts the first page with sound from its own end.
        if (last.granule > 0) wanted.push({ ...last, granule: lostUntil ?? last.granule });
      }
      stated = null;
      if (granule < 0 && before !== undefined) before.sequence = sequence;
      else {
        const length = before === undefined ? 0 : granule - before.last.granule;
        // Behind a loss, it holds what was lost, too.
        const isNext = before === undefined || sequence === before.sequence + 1;
        streams.set(serial, {
          sequence,
          last: { offset, size, granule },
          length: isNext ? length : before.length,
        });
      }
    },
  };
}

/** CRC-32 of a page without its checksum: polynomial 0x04c11db7, from 0, most significant bit first. */
function checksum(page: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < page.length; at += 1) {
    const isOwn = at >= CHECKSUM_AT && at < CHECKSUM_AT + 4;
    sum = ((sum << 8) ^ (REMAINDERS[(sum >>> 24) ^ (isOwn ? 0 : (page[at] ?? 0))] ?? 0)) >>> 0;
  }
  return sum;
}

const REMAINDERS = Uint32Array.from({ length: 256 }, (_one, byte) => {
  let rest = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) rest = rest < 0 ? (rest << 1) ^ 0x04c11db7 : rest << 1;
  return rest;
});
