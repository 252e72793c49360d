import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeRecording } from '../../../adapters/media/decode-recording.ts';
import { UnusableRecordingError } from '../../../adapters/media/media-errors.ts';
import { probeRecordings, secondsOf } from '../../../adapters/media/probe-recordings.ts';
import { ffmpeg, SAMPLE, withFolder } from './with-folder.ts';

/** Writes a piece of the sample to a file of the folder. */
async function piece(path: string, from: number, seconds: number, ...form: string[]) {
  await ffmpeg('-ss', String(from), '-t', String(seconds), '-i', SAMPLE, ...form, path);
  return path;
}

/** s16le of a piece of the sample, as decoded from a file of it alone. */
const plain = (from: number, seconds: number) =>
  ffmpeg('-ss', String(from), '-t', String(seconds), '-i', SAMPLE, '-f', 's16le', '-');

test('files of other containers, rates and channels follow one another in the order given, on one clock', async () => {
  await withFolder(async (folder) => {
    const file = (name: string) => join(folder, name);
    const paths = [
      await piece(file('2.m4a'), 0, 6, '-ar', '44100', '-ac', '2'),
      await piece(file('1.g722'), 6, 4, '-ar', '16000'),
      await piece(file('3.flac'), 10, 5),
    ];
    const pcmPath = file('pcm');
    const { samples, sound } = await decodeRecording({ path: paths, pcmPath });
    const [first = NaN, second = NaN, third = NaN, ...others] = sound.fileStarts ?? [];
    expect({ first, others }).toEqual({ first: 0, others: [] });
    expect(second).toBeCloseTo(6, 1);
    expect(third - second).toBeCloseTo(4, 1);
    expect(samples / 16_000 - third).toBe(5);
    expect(sound.tracks).toMatchObject([
      { heard: [{ part: 1 }, { part: 2 }, { part: 3, stream: 1, channels: [1] }], damage: [] },
    ]);
    // The last file is lossless: its samples are exactly where it begins.
    const pcm = await readFile(pcmPath);
    expect(pcm.subarray(third * 32_000).equals(await plain(10, 5))).toBe(true);
  });
});

test('damage in the middle file stays there, and the file after it keeps its time', async () => {
  await withFolder(async (folder) => {
    const whole = await piece(join(folder, 'a.wav'), 0, 3);
    const broken = await piece(join(folder, 'b.flac'), 3, 10);
    const bytes = await readFile(broken);
    bytes.fill(0x5a, bytes.length / 2, bytes.length / 2 + 2000);
    await writeFile(broken, bytes);
    const pcmPath = join(folder, 'pcm');
    const { sound } = await decodeRecording({ path: [whole, broken, whole], pcmPath });
    expect(sound.fileStarts).toEqual([0, 3, 13]);
    const [damage, ...others] = sound.tracks[0]?.damage ?? [];
    expect(others).toEqual([]);
    expect(damage?.start).toBeGreaterThan(6);
    expect(damage?.end).toBeLessThan(10);
    const pcm = await readFile(pcmPath);
    const said = await plain(0, 3);
    // The same file twice is heard twice.
    expect(pcm.subarray(0, 3 * 32_000).equals(said)).toBe(true);
    expect(pcm.subarray(13 * 32_000).equals(said)).toBe(true);
  });
});

test('two streams followed by a mono file: the second track is silent while the mono file lasts', async () => {
  await withFolder(async (folder) => {
    const both = join(folder, 'obs.mkv');
    const [one, another] = [
      await piece(join(folder, 'one.wav'), 0, 20),
      await piece(join(folder, 'another.wav'), 34, 20),
    ];
    const streams = ['-map', '0:a', '-map', '1:a', '-c:a', 'flac'];
    await ffmpeg('-i', one, '-i', another, ...streams, both);
    const pcmPath = join(folder, 'pcm');
    const { samples, sound } = await decodeRecording({ path: [both, one], pcmPath });
    expect(sound.tracks.map(({ heard }) => heard)).toEqual([
      [
        { part: 1, stream: 1, channels: [1] },
        { part: 2, stream: 1, channels: [1] },
      ],
      [{ part: 1, stream: 2, channels: [1] }],
    ]);
    expect(samples).toBe(2 * 40 * 16_000);
    const pcm = await readFile(pcmPath);
    expect(pcm.subarray(20 * 32_000, 40 * 32_000).equals(await plain(0, 20))).toBe(true);
    expect(pcm.subarray(60 * 32_000).every((byte) => byte === 0)).toBe(true);
  });
});

test('files may last as long together as one; a file that is no recording is named', async () => {
  await withFolder(async (folder) => {
    const path = await piece(join(folder, 'a.wav'), 0, 5);
    const notes = join(folder, 'notes.wav');
    await writeFile(notes, 'no sound at all');
    expect(secondsOf(await probeRecordings([path, path], { maxSeconds: 10 }))).toBe(10);
    await expect(probeRecordings([path, path], { maxSeconds: 9 })).rejects.toMatchObject({
      reason: 'too-long',
      message: expect.stringContaining('the 2 files last 0.2 minutes together') as string,
    });
    const refused = probeRecordings([path, notes]);
    await expect(refused).rejects.toThrow(UnusableRecordingError);
    await expect(refused).rejects.toThrow(/notes\.wav contains no sound/);
  });
});
