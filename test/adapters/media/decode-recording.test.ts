import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeRecording } from '../../../adapters/media/decode-recording.ts';
import { MediaMachineError, UnreadableAudioError } from '../../../adapters/media/media-errors.ts';
import { lavfi, tone, tracksIn, tracksOf } from './tones.ts';
import { ffmpeg, SAMPLE, toSamples, withFolder } from './with-folder.ts';

const FORMATS = [
  ['flac', []],
  ['wav', []],
  ['mp3', ['-ar', '44100', '-ac', '2']],
  ['m4a', ['-ar', '48000']],
  ['ogg', ['-c:a', 'libvorbis', '-ar', '44100']],
  ['webm', ['-c:a', 'libopus', '-ar', '48000']],
] as const;

/** A player finds the way back into WebM at the next cluster, which begins every 5 s: two after the middle. */
const SECONDS = 26;
const made = new Map<string, Promise<Buffer>>();

/** The beginning of the sample in a format, made once for all tests. */
function sampleIn(extension: string, options: readonly string[]): Promise<Buffer> {
  const key = [extension, ...options].join(' ');
  const bytes =
    made.get(key) ??
    withFolder(async (folder) => {
      const path = join(folder, `meeting.${extension}`);
      await ffmpeg('-i', SAMPLE, '-t', String(SECONDS), ...options, path);
      return await readFile(path);
    });
  made.set(key, bytes);
  return bytes;
}

test.each(FORMATS)('%s becomes 16 kHz mono of the same length', async (extension, options) => {
  await withFolder(async (folder) => {
    const path = join(folder, `meeting.${extension}`);
    await writeFile(path, await sampleIn(extension, options));
    const pcmPath = join(folder, 'pcm');
    const { samples } = await decodeRecording({ path, pcmPath });
    expect((await readFile(pcmPath)).length).toBe(samples * 2);
    expect(samples / 16_000).toBeCloseTo(SECONDS, 0);
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

test.each(COMPRESSED)(
  '%s damaged in the middle is read around the damage, which keeps its length as silence',
  async (extension, options) => {
    await withFolder(async (folder) => {
      const path = join(folder, `meeting.${extension}`);
      const bytes = Buffer.from(await sampleIn(extension, options));
      const middle = Math.floor(bytes.length / 2);
      for (let index = 0; index < 3000; index += 1) bytes[middle + index] = (index * 37 + 11) % 256;
      await writeFile(path, bytes);
      const { samples, sound } = await decodeRecording({ path, pcmPath: join(folder, 'pcm') });
      expect(samples / 16_000).toBeCloseTo(SECONDS, -0.5);
      const [damage, ...others] = sound.tracks[0]?.damage ?? [];
      expect(others).toEqual([]);
      expect(sound.disagreements).toBeUndefined();
      // Where 3 kB lie in the middle depends on the bit rate around it.
      expect(damage?.start).toBeGreaterThan(10);
      expect(damage?.end).toBeLessThan(16);
      expect((damage?.end ?? 0) - (damage?.start ?? 0)).toBeGreaterThan(0.05);
      expect((damage?.end ?? 0) - (damage?.start ?? 0)).toBeLessThan(3);
    });
  },
);

const optionsOf = (name: string): readonly string[] =>
  FORMATS.find(([extension]) => extension === name)?.[1] ?? [];

// Of every container, `npm run test:recordings` hears a whole file, one that is cut and one with wrong bytes.
test.each([
  ['flac', optionsOf('flac')],
  ['mp3', optionsOf('mp3')],
  ['webm', optionsOf('webm')],
  ['m4a', ['-movflags', '+faststart']],
] as const)('the first half of %s is read, and the rest is damage', async (extension, options) => {
  await withFolder(async (folder) => {
    const path = join(folder, `meeting.${extension}`);
    const bytes = await sampleIn(extension, options);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    const { samples, sound } = await decodeRecording({ path, pcmPath: join(folder, 'pcm') });
    expect(samples / 16_000).toBeCloseTo(SECONDS, 0);
    const [damage] = sound.tracks[0]?.damage ?? [];
    expect(damage?.start).toBeGreaterThan(9);
    expect(damage?.start).toBeLessThan(17);
    expect(damage?.end).toBeCloseTo(SECONDS, 0);
    expect(sound.disagreements).toBeUndefined();
  });
});

test.each([
  ['wav', optionsOf('wav')],
  ['opus', []],
  ['avi', ['-c:a', 'libmp3lame']],
] as const)(
  'half of %s, which promises no length of time, is read, and known to be cut',
  async (extension, options) => {
    await withFolder(async (folder) => {
      const path = join(folder, `meeting.${extension}`);
      const bytes = await sampleIn(extension, options);
      await writeFile(path, bytes.subarray(0, bytes.length / 2));
      const { samples, sound } = await decodeRecording({ path, pcmPath: join(folder, 'pcm') });
      expect(samples / 16_000).toBeGreaterThan(9);
      expect(samples / 16_000).toBeLessThan(17);
      expect(sound.cut).toBe(true);
    });
  },
);

test('the packet in which a fragmented MP4 is cut is no damage: the cut is told', async () => {
  await withFolder(async (folder) => {
    const whole = join(folder, 'whole.mp4');
    const fragments = ['-movflags', '+frag_keyframe+empty_moov', '-frag_duration', '1000000'];
    await ffmpeg('-i', SAMPLE, '-t', '6', '-c:a', 'aac', ...fragments, whole);
    const bytes = await readFile(whole);
    const path = join(folder, 'cut.mp4');
    // In the midst of the third fragment's sound, of which its table promises 47 packets.
    const third = [1, 2, 3].reduce((at) => bytes.indexOf('mdat', at + 1), 0);
    const fourth = bytes.indexOf('moof', third);
    await writeFile(path, bytes.subarray(0, Math.floor((third + fourth) / 2)));
    const { samples, sound } = await decodeRecording({ path, pcmPath: join(folder, 'pcm') });
    expect(sound.cut).toBe(true);
    expect(sound.tracks[0]?.damage).toEqual([]);
    expect(samples / 16_000).toBeGreaterThan(2.1);
    expect(samples / 16_000).toBeLessThan(2.9);
  });
});

/** Writes other bytes over a part of a file. */
async function damage(path: string, start: number, end: number): Promise<void> {
  const bytes = await readFile(path);
  for (let index = start; index < end; index += 1) bytes[index] = (index * 37 + 11) % 256;
  await writeFile(path, bytes);
}

test('a recording whose beginning is damaged keeps the times of what follows', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'meeting.m4a');
    await ffmpeg('-i', SAMPLE, '-t', '30', path);
    const whole = await decodeRecording({ path, pcmPath: join(folder, 'whole') });
    // The first quarter, behind the 44 bytes that introduce the sound.
    await damage(path, 60, Math.floor((await readFile(path)).length / 4));
    const { samples, sound } = await decodeRecording({ path, pcmPath: join(folder, 'pcm') });
    expect(samples / whole.samples).toBeCloseTo(1, 2);
    expect(sound.tracks[0]?.damage[0]?.start).toBe(0);
    expect(sound.tracks[0]?.damage.at(-1)?.end).toBeLessThan(12);
    const after = async (name: string) =>
      toSamples((await readFile(join(folder, name))).subarray(15 * 32_000, 25 * 32_000));
    expect(difference(await after('pcm'), await after('whole'))).toBeLessThan(50);
  });
});

/** Mean difference of samples side by side. */
const difference = (one: Int16Array, other: Int16Array): number =>
  one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;

test('damage in a recording of several tracks takes no more than of one', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'call.flac');
    const sources = lavfi(tone(20, 1, 5, 9, 13, 17), tone(20, 3, 7, 11, 15, 18));
    const apart = ['-filter_complex', '[0:a][1:a]join=inputs=2:channel_layout=stereo'];
    await ffmpeg(...sources, ...apart, '-metadata', 'title=No space left on device', path);
    const { length } = await readFile(path);
    await damage(path, Math.floor(length / 2), Math.floor(length / 2) + 500);
    const { sound } = await decodeRecording({ path, pcmPath: join(folder, 'pcm') });
    expect(sound.tracks).toHaveLength(2);
    for (const track of sound.tracks) {
      expect(track.damage).toHaveLength(1);
      const [{ start, end } = { start: 0, end: 20 }] = track.damage;
      expect(end - start).toBeLessThan(1);
    }
  });
});

test('a recording of which nothing can be read is refused', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'meeting.mp3');
    await ffmpeg('-i', SAMPLE, '-t', '20', path);
    const bytes = await readFile(path);
    for (let index = 600; index < bytes.length; index += 1) bytes[index] = (index * 37 + 11) % 256;
    await writeFile(path, bytes);
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

const PICTURE = 'testsrc2=s=64x64:r=5:d=8';

test('time stamps that step back, as after a lost connection, drop no sound', async () => {
  await withFolder(async (folder) => {
    const flash = async (source: string) => {
      const path = join(folder, 'part.flv');
      await ffmpeg(...lavfi(source), '-ar', '44100', '-c:a', 'aac', path);
      return await readFile(path);
    };
    const path = join(folder, 'appended.flv');
    // Without its header of 13 bytes: one recording whose stamps begin anew.
    const again = (await flash(tone(6, 2, 4))).subarray(13);
    await writeFile(path, Buffer.concat([await flash(tone(6, 1)), again]));
    const { seconds, tones, damage } = await tracksIn(path, folder);
    expect({ seconds: Math.round(seconds), damage }).toEqual({ seconds: 12, damage: [] });
    expect(tones).toHaveLength(1);
    expect(tones[0]).toHaveLength(3);
    [1, 8, 10].forEach((at, index) => expect(tones[0]?.[index]).toBeCloseTo(at, 0.5));
  });
  const stepped = ['-af', "asetpts='PTS-gte(T\\,5)*3/TB'", '-c:a', 'pcm_s16le'];
  expect(await tracksOf('stepped.mka', ...lavfi(tone(10, 1, 3, 6, 8)), ...stepped)).toMatchObject({
    seconds: 10,
    tones: [[1, 3, 6, 8]],
    damage: [],
  });
});

test('every audio stream is heard: different ones apart, silent ones not at all', async () => {
  const map = ['-map', '0:v', '-map', '1:a', '-map', '2:a', '-c:a', 'aac'];
  const film = ['-c:v', 'mpeg4', ...map];
  expect(
    await tracksOf('obs.mkv', ...lavfi(PICTURE, tone(8, 1, 5), tone(8, 3, 6)), ...film),
  ).toMatchObject({
    tones: [
      [1, 5],
      [3, 6],
    ],
    heard: ['1.1:1', '1.2:1'],
    leftOut: [],
  });
  expect(
    await tracksOf('obs.mkv', ...lavfi(PICTURE, 'anullsrc=d=8', tone(8, 3)), ...film),
  ).toMatchObject({ tones: [[3]], heard: ['1.2:1'], leftOut: ['1:2 silent', '1:1 silent'] });
  expect(
    await tracksOf('obs.mkv', ...lavfi(PICTURE, tone(8, 3), tone(8, 3)), ...film),
  ).toMatchObject({ tones: [[3]], heard: ['1.1:1'], leftOut: ['2:1 duplicate'] });
});

/** Six seconds, of which the second one sounds. */
let second: Promise<Int16Array> | undefined;

test.each([3, 6, 9, 60])(
  'of %i channels without a layout, each that sounds is heard',
  async (channels) => {
    await withFolder(async (folder) => {
      const path = join(folder, 'mixer.wav');
      second ??= ffmpeg(...lavfi(tone(6, 1)), '-ar', '16000', '-f', 's16le', '-').then(toSamples);
      const mono = await second;
      const samples = new Int16Array(mono.length * channels);
      // The last channel, and the one that a layout of six would call LFE, speak in turn.
      mono.forEach((value, index) => {
        samples[index * channels + channels - 1] = value;
        samples[((index + 48_000) % mono.length) * channels + (channels > 4 ? 3 : 0)] = value;
      });
      await writeFile(path, wave(Buffer.from(samples.buffer), channels));
      const { tones, leftOut } = await tracksIn(path, folder);
      expect(tones).toEqual([[4], [1]]);
      expect(leftOut).toHaveLength(channels - 2);
    });
  },
);

/** A WAV at 16 kHz whose header names channels but no layout. */
function wave(pcm: Buffer, channels: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + pcm.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000 * channels, 28);
  header.writeUInt16LE(2 * channels, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([header, pcm]);
}

test('two who speak on a channel each stay apart; one room on two channels is mixed; opposite phase does not cancel', async () => {
  const two = (filter: string) => ['-filter_complex', filter, '-c:a', 'pcm_s16le'];
  const join2 = '[0][1]join=inputs=2:channel_layout=stereo';
  expect(
    await tracksOf('call.wav', ...lavfi(tone(12, 1, 5), tone(12, 3, 8)), ...two(join2)),
  ).toMatchObject({
    tones: [
      [1, 5],
      [3, 8],
    ],
    heard: ['1.1:1', '1.1:2'],
  });
  // The second microphone hears the same later and softer, with noise of its own.
  const room = `[0]asplit[a][b];[b]adelay=7,volume=0.4[c];[c][1]amix=normalize=0[d];[a][d]join=inputs=2:channel_layout=stereo`;
  expect(
    await tracksOf(
      'room.wav',
      ...lavfi(tone(12, 1, 5), 'anoisesrc=a=0.001:d=12:r=48000:seed=1'),
      ...two(room),
    ),
  ).toMatchObject({ tones: [[1, 5]], heard: ['1.1:1+2'] });
  expect(
    await tracksOf('phase.wav', ...lavfi(tone(12, 1)), '-af', 'pan=stereo|c0=c0|c1=-1*c0'),
  ).toMatchObject({ tones: [[1]], heard: ['1.1:1'], leftOut: ['1:2 duplicate'] });
});

test('a recording of a tenth of a second is called short, not only damaged', async () => {
  await expect(tracksOf('click.wav', ...lavfi('sine=d=0.1'))).rejects.toThrow(
    'damaged or shorter than 0.2 s',
  );
});

test('of two copies the louder is heard', async () => {
  expect(
    await tracksOf('faint.wav', ...lavfi(tone(6, 1)), '-af', 'pan=stereo|c0=0.01*c0|c1=c0'),
  ).toMatchObject({ tones: [[1]], heard: ['1.1:2'], leftOut: ['1:1 duplicate'] });
});

test.each(['m4a', 'mkv', 'ts'])(
  'sound that starts late in %s keeps its time',
  async (extension) => {
    const film = extension === 'm4a' ? [] : ['-map', '1:v', '-map', '0:a', '-c:v', 'mpeg4'];
    const picture = extension === 'm4a' ? [] : lavfi(PICTURE);
    const args = ['-itsoffset', '4', ...lavfi(tone(6, 1)), ...picture, ...film, '-c:a', 'aac'];
    const { tones, seconds } = await tracksOf(`late.${extension}`, ...args);
    expect(tones[0]?.[0]).toBeCloseTo(5, 0.5);
    expect(seconds).toBeCloseTo(10, 0);
  },
);

test('the length is that of the sound: a picture that goes on and time stamps from 100 s add nothing', async () => {
  for (const [name, args] of [
    ['film.mkv', [...lavfi(PICTURE, tone(6, 1)), '-c:v', 'mpeg4', '-c:a', 'libopus']],
    ['stamps.webm', [...lavfi(tone(6, 1)), '-c:a', 'libopus', '-output_ts_offset', '100']],
  ] as const) {
    const { seconds, tones, damage } = await tracksOf(name, ...args);
    expect({ seconds, tones, damage }).toEqual({ seconds: 6, tones: [[1]], damage: [] });
  }
});

test('sound behind the length that an earlier save wrote is heard', async () => {
  await withFolder(async (folder) => {
    const pcm = await ffmpeg(...lavfi(tone(6, 1, 4)), '-ar', '16000', '-f', 's16le', '-');
    const bytes = wave(pcm, 1);
    bytes.writeUInt32LE(64_000, 40);
    const path = join(folder, 'saved.wav');
    await writeFile(path, bytes);
    expect(await tracksIn(path, folder)).toMatchObject({ seconds: 6, tones: [[1, 4]] });
  });
});

test('AMR with frames that only say that nobody speaks is decoded', async () => {
  await withFolder(async (folder) => {
    const speech = Buffer.from([0x3c, ...Array<number>(31).fill(0)]);
    const silence = Buffer.from([0x44, 0, 0, 0, 0, 0, ...Array<number>(7).fill(0x7c)]);
    const turn = Buffer.concat([...Array<Buffer>(50).fill(speech), silence, silence]);
    const path = join(folder, 'phone.amr');
    await writeFile(path, Buffer.concat([Buffer.from('#!AMR\n'), ...Array<Buffer>(10).fill(turn)]));
    const { seconds, damage } = await tracksIn(path, folder);
    expect(seconds).toBeCloseTo(13.2, 0);
    expect(damage).toEqual([]);
  });
});

test('a pause that damaged pages of Ogg leave is damage also where only opening the file met them', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'meeting.spx');
    await ffmpeg('-i', SAMPLE, '-t', '20', '-c:a', 'libspeex', path);
    const bytes = await readFile(path);
    const middle = Math.floor(bytes.length / 2);
    for (let at = middle; at < middle + 40; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
    await writeFile(path, bytes);
    const { sound } = await decodeRecording({ path, pcmPath: join(folder, 'pcm') });
    const lost = (sound.tracks[0]?.damage ?? []).reduce((sum, one) => sum + one.end - one.start, 0);
    expect(lost).toBeGreaterThan(0.9);
    expect(lost).toBeLessThan(1.3);
  });
});

test('a decoder that is ended from outside is the trouble of the machine, not of the recording', async () => {
  await withFolder(async (folder) => {
    const killed = join(folder, 'killed-ffmpeg');
    await writeFile(killed, '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
    const decoding = decodeRecording({
      path: SAMPLE,
      pcmPath: join(folder, 'pcm'),
      binaries: { ffmpeg: killed, ffprobe: 'ffprobe' },
    });
    await expect(decoding).rejects.toThrow(MediaMachineError);
    await expect(decoding).rejects.toThrow(/was ended from outside \(SIGKILL\)/);
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
