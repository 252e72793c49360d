import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutFlac, encodeChunks } from '../../../adapters/media/encode-chunk.ts';
import { probeRecording } from '../../../adapters/media/probe-recording.ts';
import { ffmpeg, toSamples, withFolder } from './with-folder.ts';

const SAMPLES = 40_000;
const samples = Int16Array.from(
  { length: SAMPLES },
  (_, index) => ((index * 7919) % 65_536) - 32_768,
);

/** One chunk. */
async function encode(pcmPath: string, startSample: number, endSample: number) {
  const [flac] = await encodeChunks({ pcmPath, chunks: [{ startSample, endSample }] });
  if (flac === undefined) throw new Error('there is no chunk');
  return flac;
}

test('a chunk contains exactly the requested samples, and no temporary file remains', async () => {
  await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    await writeFile(pcmPath, Buffer.from(samples.buffer));
    const bound = fc.nat(SAMPLES);
    await fc.assert(
      fc.asyncProperty(bound, bound, async (one, other) => {
        const startSample = Math.min(one, other);
        const endSample = Math.max(one, other) + (one === other ? 1 : 0);
        fc.pre(endSample <= SAMPLES);
        const flac = await encode(pcmPath, startSample, endSample);
        const flacPath = join(folder, 'back.flac');
        await writeFile(flacPath, flac);
        const decoded = toSamples(await ffmpeg('-i', flacPath, '-f', 's16le', '-'));
        expect(decoded).toEqual(samples.slice(startSample, endSample));
      }),
      { numRuns: 8 },
    );
    expect((await readdir(folder)).toSorted()).toEqual(['back.flac', 'pcm']);
  });
});

test('a stretch of a chunk contains exactly the requested samples', async () => {
  await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    await writeFile(pcmPath, Buffer.from(samples.buffer));
    const flac = await encode(pcmPath, 4000, 36_000);
    const stretch = await cutFlac({ flac, startSample: 1001, endSample: 30_999, folder });
    await writeFile(join(folder, 'stretch'), stretch);
    const decoded = toSamples(await ffmpeg('-i', join(folder, 'stretch'), '-f', 's16le', '-'));
    expect(decoded).toEqual(samples.slice(5001, 34_999));
    expect((await readdir(folder)).toSorted()).toEqual(['pcm', 'stretch']);
    const nothing = { flac, startSample: 5, endSample: 5, folder };
    await expect(cutFlac(nothing)).rejects.toThrow(RangeError);
  });
});

test("a chunk's header states its length, and the same samples give the same bytes", async () => {
  await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    await writeFile(pcmPath, Buffer.from(samples.buffer));
    const again = () => encode(pcmPath, 8000, 24_000);
    const flac = await again();
    const path = join(folder, 'chunk.flac');
    await writeFile(path, flac);
    expect(await probeRecording(path)).toMatchObject({
      durationSeconds: 1,
      channels: 1,
      sampleRate: 16_000,
    });
    const others = [
      { startSample: 0, endSample: 8000 },
      { startSample: 8000, endSample: 24_000 },
    ];
    const [, second] = await encodeChunks({ pcmPath, chunks: others });
    for (const same of [await again(), second ?? []]) {
      expect(Buffer.from(same).equals(flac)).toBe(true);
    }
  });
});
