import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordingParts } from '../../../adapters/media/recording-parts.ts';
import { ffmpeg, withFolder } from './with-folder.ts';

async function partsOf(bytes: Buffer) {
  return await withFolder(async (folder) => {
    const path = join(folder, 'recording');
    await writeFile(path, bytes);
    return await recordingParts(path);
  });
}

/** A box of MP4 with eight bytes inside. */
function box(type: string): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(16);
  bytes.write(type, 4);
  return bytes;
}

test('a container that is not known is one recording', async () => {
  expect(await partsOf(Buffer.from('#!AMR\n-------'))).toEqual([
    { start: 0, end: 13, staleLength: false, cut: false },
  ]);
});

/** Of each container: what makes ffmpeg write it, and whether it says how long it is. */
const MARKED = [
  ['aiff', '', true],
  ['avi', '-c:a libmp3lame', true],
  ['w64', '', true],
  ['caf', '', true],
  ['wma', '-c:a wmav2', true],
  ['flv', '-c:a aac', true],
  ['au', '', true],
  ['wv', '', false],
  ['tta', '', false],
  ['rm', '-c:a ac3', false],
  ['voc', '', false],
  ['nut', '-c:a libvorbis', false],
] as const;

test.each(MARKED)(
  'in %s, a second beginning is another recording, and a missing end is known where it says its length',
  async (extension, options, isCutKnown) => {
    await withFolder(async (folder) => {
      const path = join(folder, `sound.${extension}`);
      const codec = options.split(' ').filter((one) => one !== '');
      await ffmpeg('-f', 'lavfi', '-i', 'sine=d=2:r=44100', ...codec, path);
      const whole = await readFile(path);
      const half = whole.subarray(0, whole.length / 2);
      const ends = { staleLength: false, cut: false };
      expect(await partsOf(Buffer.concat([whole, half]))).toEqual([
        { start: 0, end: whole.length, ...ends },
        {
          start: whole.length,
          end: whole.length + half.length,
          staleLength: false,
          cut: isCutKnown,
        },
      ]);
    });
  },
);

test('a second header of AMR begins another recording', async () => {
  const call = Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(320, 0x3c)]);
  expect((await partsOf(Buffer.concat([call, call]))).map(({ start }) => start)).toEqual([0, 326]);
});

test('a second file type box begins another recording; a box that is longer than the file is cut', async () => {
  const film = Buffer.concat([box('ftyp'), box('moov'), box('mdat')]);
  expect(await partsOf(Buffer.concat([film, film.subarray(0, 44)]))).toEqual([
    { start: 0, end: 48, staleLength: false, cut: false },
    { start: 48, end: 92, staleLength: false, cut: true },
  ]);
});

test('behind a file that was cut off, another one begins within its last box', async () => {
  const film = Buffer.concat([box('ftyp'), box('moov'), box('mdat')]);
  expect(await partsOf(Buffer.concat([film.subarray(0, 43), film, film]))).toEqual([
    { start: 0, end: 43, staleLength: false, cut: true },
    { start: 43, end: 91, staleLength: false, cut: false },
    { start: 91, end: 139, staleLength: false, cut: false },
  ]);
  const tags = Buffer.from('TAGMeeting of March'.padEnd(128));
  expect(await partsOf(Buffer.concat([film, tags, film, tags]))).toEqual([
    { start: 0, end: 176, staleLength: false, cut: false },
    { start: 176, end: 352, staleLength: false, cut: false },
  ]);
});

test('a box whose length of 64 bits is longer than any file is cut', async () => {
  const endless = Buffer.alloc(32);
  endless.writeUInt32BE(1);
  endless.write('mdat', 4);
  endless.writeBigUInt64BE(0xffff_ffff_ffff_ff00n, 8);
  expect(await partsOf(Buffer.concat([box('ftyp'), endless]))).toEqual([
    { start: 0, end: 48, staleLength: false, cut: true },
  ]);
});

test('a file of thousands of beginnings has a thousand recordings at most, and the last takes the rest', async () => {
  const parts = await partsOf(Buffer.concat(Array<Buffer>(5000).fill(box('ftyp'))));
  expect(parts).toHaveLength(1000);
  expect(parts.at(-1)).toMatchObject({ start: 999 * 16, end: 80_000 });
});

test('a file of empty chunks is looked through to an end', async () => {
  const chunks = Buffer.alloc(12 + 8 * 200_000);
  chunks.write('RIFF----WAVE');
  for (let at = 12; at < chunks.length; at += 8) chunks.write('LIST', at);
  expect(await partsOf(chunks)).toHaveLength(1);
});

/** A frame of AAC without a container that states this length and number of a rate. */
function adtsFrame(length: number, rate: number): Buffer {
  const bytes = Buffer.alloc(7);
  bytes.writeUInt16BE(0xfff1);
  bytes[2] = 0x40 + rate * 4;
  bytes.writeUIntBE(length * 32, 3, 3);
  return bytes;
}

test('frames of AAC that state no length do not hold the search', async () => {
  const [good, endless] = [adtsFrame(7, 4), adtsFrame(0, 4)];
  expect(await partsOf(Buffer.concat([good, good, endless, endless]))).toHaveLength(1);
});

test('AAC that changes its rate again and again has a thousand recordings at most', async () => {
  const frames = Array.from({ length: 5000 }, (_, index) => adtsFrame(7, 3 + ((index >> 2) % 2)));
  const parts = await partsOf(Buffer.concat(frames));
  expect(parts).toHaveLength(1000);
  expect(parts.at(-1)).toMatchObject({ start: 999 * 28, end: 35_000 });
});

test('bytes that look like a frame of another rate by chance begin no recording', async () => {
  const frames = Array<Buffer>(20).fill(adtsFrame(7, 3));
  const stray = Array<Buffer>(3).fill(adtsFrame(7, 4));
  expect(await partsOf(Buffer.concat([...frames, ...stray, ...frames]))).toHaveLength(1);
});

test('a tag before frames of AAC, as in downloaded broadcasts, begins no recording', async () => {
  const tag = Buffer.from('ID3\x04\0\0\0\0\0\x05hello', 'latin1');
  const segment = Buffer.concat([tag, ...Array<Buffer>(20).fill(adtsFrame(7, 3))]);
  const faster = Buffer.concat([tag, ...Array<Buffer>(20).fill(adtsFrame(7, 4))]);
  const parts = await partsOf(Buffer.concat([segment, segment, segment, faster, faster]));
  expect(parts.map(({ start }) => start)).toEqual([0, 3 * 155]);
});

test('damage before a change of rate does not hide it', async () => {
  const [before, after] = [adtsFrame(7, 3), adtsFrame(7, 4)].map((frame) =>
    Buffer.concat(Array<Buffer>(20).fill(frame)),
  ) as [Buffer, Buffer];
  const parts = await partsOf(Buffer.concat([before, Buffer.alloc(50, 0x5a), before, after]));
  expect(parts.map(({ start }) => start)).toEqual([0, 330]);
});
