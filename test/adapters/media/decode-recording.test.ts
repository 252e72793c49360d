import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeRecording } from '../../../adapters/media/decode-recording.ts';
import { UnreadableAudioError } from '../../../adapters/media/media-errors.ts';
import { ffmpeg, SAMPLE, withFolder } from './with-folder.ts';

const FORMATS = [
  ['flac', []],
  ['wav', []],
  ['mp3', ['-ar', '44100', '-ac', '2']],
  ['m4a', ['-ar', '48000']],
  ['ogg', ['-c:a', 'libvorbis', '-ar', '44100']],
  ['webm', ['-c:a', 'libopus', '-ar', '48000']],
] as const;

test.each(FORMATS)('%s becomes 16 kHz mono of the same length', async (extension, options) => {
  await withFolder(async (folder) => {
    const path = join(folder, `meeting.${extension}`);
    await ffmpeg('-i', SAMPLE, '-t', '30', ...options, path);
    const pcmPath = join(folder, 'pcm');
    const { samples } = await decodeRecording({ path, pcmPath });
    expect((await readFile(pcmPath)).length).toBe(samples * 2);
    expect(samples / 16_000).toBeCloseTo(30, 0);
  });
});

test('lossless sound is decoded sample by sample, and progress is reported', async () => {
  await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    const heard: number[] = [];
    await decodeRecording({ path: SAMPLE, pcmPath, onProgress: (at) => heard.push(at) });
    const expected = await ffmpeg('-i', SAMPLE, '-f', 's16le', '-');
    expect((await readFile(pcmPath)).equals(expected)).toBe(true);
    expect(heard.at(-1)).toBeCloseTo(151.1, 1);
  });
});

const COMPRESSED = FORMATS.filter(([extension]) => extension !== 'wav');

test.each(COMPRESSED)('%s damaged in the middle is refused', async (extension, options) => {
  await withFolder(async (folder) => {
    const path = join(folder, `meeting.${extension}`);
    await ffmpeg('-i', SAMPLE, '-t', '60', ...options, path);
    const bytes = await readFile(path);
    const middle = Math.floor(bytes.length / 2);
    for (let index = 0; index < 3000; index += 1) bytes[middle + index] = (index * 37 + 11) % 256;
    await writeFile(path, bytes);
    const decoding = decodeRecording({ path, pcmPath: join(folder, 'pcm') });
    await expect(decoding).rejects.toThrow(UnreadableAudioError);
  });
});

test.each(['flac', 'mp3', 'webm'])('%s that ends too early is refused', async (extension) => {
  await withFolder(async (folder) => {
    const path = join(folder, `meeting.${extension}`);
    await ffmpeg('-i', SAMPLE, '-t', '60', path);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    const decoding = decodeRecording({ path, pcmPath: join(folder, 'pcm') });
    await expect(decoding).rejects.toThrow(UnreadableAudioError);
  });
});

test('an mp3 without a length, cut from another and followed by tags, is decoded to its end', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'meeting.mp3');
    await ffmpeg('-i', SAMPLE, '-t', '40', '-write_xing', '0', '-id3v2_version', '0', path);
    const bytes = await readFile(path);
    const tail = Buffer.from(`TAG${'x'.repeat(125)}`);
    await writeFile(path, Buffer.concat([bytes.subarray(bytes.length / 2), tail]));
    const { samples } = await decodeRecording({ path, pcmPath: join(folder, 'pcm') });
    expect(samples / 16_000).toBeCloseTo(20, 0);
  });
});

test('gaps in a recording become silence, so that later words keep their times', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'gap.mka');
    // 10 s of sound whose second half carries time stamps 5 s later.
    await ffmpeg(
      ...`-t 10 -i ${SAMPLE} -af asetpts='PTS+gte(T\\,5)*5/TB' -c:a pcm_s16le`.split(' '),
      path,
    );
    const { samples } = await decodeRecording({ path, pcmPath: join(folder, 'pcm') });
    expect(samples / 16_000).toBeCloseTo(15, 0);
  });
});

test("an aborted decoding ends at once with the signal's reason", async () => {
  await withFolder(async (folder) => {
    const stop = new AbortController();
    const reason = new Error('the job was cancelled');
    const decoding = decodeRecording({
      path: SAMPLE,
      pcmPath: join(folder, 'pcm'),
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(reason), 20);
    await expect(decoding).rejects.toBe(reason);
  });
});
