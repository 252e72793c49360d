import { execFileSync } from 'node:child_process';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { probeRecording } from '../../../adapters/media/probe-recording.ts';
import {
  MissingBinaryError,
  UnusableRecordingError,
  type UnusableReason,
} from '../../../adapters/media/media-errors.ts';
import { ffmpeg, SAMPLE, withFolder } from './with-folder.ts';

/** Why a file is refused by a message that names it; null: it is not. */
async function refusalOf(path: string): Promise<UnusableReason | null> {
  try {
    await probeRecording(path);
    return null;
  } catch (error) {
    if (!(error instanceof UnusableRecordingError)) throw error;
    return error.message.startsWith(path) ? error.reason : null;
  }
}

test('a recording is described by its header', async () => {
  const probed = await probeRecording(SAMPLE);
  expect(probed).toMatchObject({ format: 'flac', codec: 'flac', channels: 1, sampleRate: 16_000 });
  expect(probed.durationSeconds).toBeCloseTo(151.08, 2);
  expect(probed.bytes).toBe((await stat(SAMPLE)).size);
});

test('a file that cannot become minutes is rejected with a reason', async () => {
  await withFolder(async (folder) => {
    const file = async (name: string, content: Uint8Array | string): Promise<string> => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    };
    expect(await refusalOf(join(folder, 'nowhere.mp3'))).toBe('missing');
    expect(await refusalOf(folder)).toBe('unreadable');
    expect(await refusalOf(await file('empty.wav', ''))).toBe('empty');
    expect(await refusalOf(await file('notes.mp3', 'We met and talked.\n'.repeat(200)))).toBe(
      'not-audio',
    );
    const picture = join(folder, 'picture.png');
    await ffmpeg('-f', 'lavfi', '-i', 'color=gray:s=64x64', '-frames:v', '1', picture);
    expect(await refusalOf(picture)).toBe('not-audio');
    const silentFilm = join(folder, 'film.mp4');
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64', silentFilm);
    expect(await refusalOf(silentFilm)).toBe('no-sound');

    const flac = await readFile(SAMPLE);
    expect(await refusalOf(await file('header.flac', flac.fill(0xff, 4, 60)))).toBe(
      'corrupt-header',
    );
    const m4a = join(folder, 'whole.m4a');
    await ffmpeg('-i', SAMPLE, '-t', '5', m4a);
    const half = await readFile(m4a);
    // An index at the end of the file that is cut off.
    expect(await refusalOf(await file('half.m4a', half.subarray(0, half.length / 2)))).toBe(
      'corrupt-header',
    );
  });
});

test('a header that announces hundreds of channels is refused before anything is decoded', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'desk.wav');
    const header = Buffer.alloc(44 + 400 * 2 * 8000);
    header.write('RIFF');
    header.writeUInt32LE(header.length - 8, 4);
    header.write('WAVEfmt ', 8);
    header.writeUInt32LE(16, 16);
    header.writeUInt16LE(1, 20);
    header.writeUInt16LE(400, 22);
    header.writeUInt32LE(8000, 24);
    header.writeUInt32LE(8000 * 800, 28);
    header.writeUInt16LE(800, 32);
    header.writeUInt16LE(16, 34);
    header.write('data', 36);
    header.writeUInt32LE(header.length - 44, 40);
    await writeFile(path, header);
    expect(await refusalOf(path)).toBe('too-many-channels');
  });
});

test('hundreds of streams are refused before each is looked at', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'desk.mkv');
    const streams = Array.from({ length: 150 }, () => ['-map', '0']).flat();
    await ffmpeg('-f', 'lavfi', '-i', 'sine=d=1:r=8000', ...streams, '-c:a', 'pcm_s16le', path);
    expect(await refusalOf(path)).toBe('too-many-channels');
  });
}, 15_000);

test('encrypted sound is called encrypted', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'locked.mp4');
    const key = ['-encryption_key', '00112233445566778899aabbccddeeff'];
    const id = ['-encryption_kid', 'a7e61c373e219033c21091fa607bf3b8'];
    const scheme = ['-encryption_scheme', 'cenc-aes-ctr', ...key, ...id];
    await ffmpeg('-i', SAMPLE, '-t', '5', '-c:a', 'aac', ...scheme, path);
    expect(await refusalOf(path)).toBe('encrypted');
  });
});

test.each([
  ['gsm', ['-ar', '8000', '-c:a', 'libgsm']],
  ['g722', ['-ar', '16000', '-c:a', 'g722']],
  ['dts', ['-ar', '48000', '-strict', '-2', '-c:a', 'dca']],
  ['rm', ['-ar', '44100', '-c:a', 'ac3']],
  ['voc', []],
  ['aiff', []],
  ['caf', []],
])('%s, as telephone systems and old archives keep it, is a recording', async (ending, options) => {
  await withFolder(async (folder) => {
    const path = join(folder, `call.${ending}`);
    await ffmpeg('-i', SAMPLE, '-t', '20', ...options, path);
    expect((await probeRecording(path)).durationSeconds).toBeCloseTo(20, 0);
  });
});

test('a playlist sent as a recording does not make ffmpeg read other files', async () => {
  await withFolder(async (folder) => {
    await copyFile(SAMPLE, join(folder, 'secret.flac'));
    const concat = join(folder, 'concat.flac');
    await writeFile(concat, "ffconcat version 1.0\nfile 'secret.flac'\n");
    expect(await refusalOf(concat)).toBe('not-audio');
    const playlist = join(folder, 'list.m3u8');
    await writeFile(playlist, '#EXTM3U\n#EXTINF:5,\nsecret.flac\n#EXT-X-ENDLIST\n');
    expect(await refusalOf(playlist)).toBe('not-audio');
  });
});

test('a recording over the limit is rejected with its length', async () => {
  await expect(probeRecording(SAMPLE, { maxSeconds: 60 })).rejects.toMatchObject({
    reason: 'too-long',
    message: expect.stringContaining('lasts 2.5 minutes; the limit is 1.0 minutes') as string,
  });
});

test.each([
  ['mp3 without a length in its header', ['-c:a', 'libmp3lame', '-write_xing', '0'], 'plain.mp3'],
  ['webm as browsers record it', ['-c:a', 'libopus', '-f', 'webm', '-live', '1'], 'live.webm'],
  ['a name that looks like a protocol', [], 'concat:a|b.flac'],
])('the length is known of %s', async (_, options, name) => {
  await withFolder(async (folder) => {
    const path = join(folder, name);
    await ffmpeg('-i', SAMPLE, '-t', '20', ...options, `file:${path}`);
    expect((await probeRecording(path)).durationSeconds).toBeCloseTo(20, 0);
  });
});

test('the parts of a file are found whatever its name', async () => {
  await withFolder(async (folder) => {
    const part = join(folder, 'part.webm');
    await ffmpeg('-i', SAMPLE, '-t', '5', '-c:a', 'libopus', '-f', 'webm', '-live', '1', part);
    const bytes = await readFile(part);
    const path = join(folder, 'http:a,,end,3,:b|c.webm');
    await writeFile(path, Buffer.concat([bytes, bytes]));
    expect((await probeRecording(path)).durationSeconds).toBeCloseTo(10, 0);
    const relative = process.cwd();
    try {
      process.chdir(folder);
      expect((await probeRecording('http:a,,end,3,:b|c.webm')).durationSeconds).toBeCloseTo(10, 0);
    } finally {
      process.chdir(relative);
    }
  });
});

test('a missing ffprobe is named, with the command that installs it', async () => {
  const binaries = { ffmpeg: 'ffmpeg', ffprobe: '/nowhere/ffprobe' };
  const error: unknown = await probeRecording(SAMPLE, { binaries }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(MissingBinaryError);
  expect(error).toMatchObject({
    message: expect.stringMatching(/^\/nowhere\/ffprobe was not found.*apt-get install/) as string,
  });
});

test('a named pipe is rejected without waiting for it', async () => {
  await withFolder(async (folder) => {
    const pipe = join(folder, 'pipe.wav');
    execFileSync('mkfifo', [pipe]);
    expect(await refusalOf(pipe)).toBe('unreadable');
  });
});
