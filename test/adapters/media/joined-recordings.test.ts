import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeRecording } from '../../../adapters/media/decode-recording.ts';
import { probeRecording } from '../../../adapters/media/probe-recording.ts';
import { recordingParts } from '../../../adapters/media/recording-parts.ts';
import { lavfi, tone, tracksIn } from './tones.ts';
import { ffmpeg, withFolder } from './with-folder.ts';

/** Several recordings in one file, joined byte by byte. */

test('recordings in one file that are longer than they say do not fill the disk', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'joined.flac');
    await ffmpeg(...lavfi(tone(4, 1)), path);
    const part = await readFile(path);
    // The header of FLAC counts the samples in 36 bits from here: now a hundred of them.
    part.writeUInt32BE(100, 22);
    await writeFile(path, Buffer.concat([part, part, part]));
    const decoding = decodeRecording({ path, pcmPath: join(folder, 'pcm'), maxSeconds: 3 });
    await expect(decoding).rejects.toThrow('longer than its header says');
    expect(await readdir(folder)).not.toContain('part-2');
    expect((await stat(join(folder, 'track-0.s16le'))).size).toBe(4 * 32_000);
  });
});

/** Where the codec does not have the usual ones. */
const RATES: Readonly<Record<string, readonly [before: string, after: string]>> = {
  opus: ['48000', '48000'],
  webm: ['48000', '48000'],
  avi: ['48000', '32000'],
};

test.each([
  ['aac', 'aac', 'adts'],
  ['mp3', 'libmp3lame', 'mp3'],
  ['opus', 'libopus', 'ogg'],
  ['webm', 'libopus', 'webm'],
  ['wav', 'pcm_s16le', 'wav'],
  ['flac', 'flac', 'flac'],
  ['m4a', 'aac', 'ipod'],
  ['avi', 'ac3', 'avi'],
])(
  'two recordings joined byte by byte in one %s follow one another, also with other channels and rates',
  async (extension, codec, format) => {
    await withFolder(async (folder) => {
      const made = async (source: string, ...options: readonly string[]) => {
        const path = join(folder, `part.${extension}`);
        await ffmpeg(...lavfi(source), ...options, '-c:a', codec, '-f', format, path);
        return await readFile(path);
      };
      const [before = '48000', after = '24000'] = RATES[extension] ?? [];
      const path = join(folder, `joined.${extension}`);
      await writeFile(
        path,
        Buffer.concat([
          await made(tone(4, 1), '-ac', '1', '-ar', before),
          await made(tone(4, 2), '-ac', '2', '-ar', after),
        ]),
      );
      const { seconds, tones, damage } = await tracksIn(path, folder);
      expect(seconds).toBeCloseTo(8, 0);
      expect(damage).toEqual([]);
      expect(tones).toHaveLength(1);
      expect(tones[0]?.[0]).toBeCloseTo(1, 0.5);
      expect(tones[0]?.[1]).toBeCloseTo(6, 0.5);
    });
  },
);

const recordings = new Map<string, Promise<Buffer>>();

/** The bytes of the recording that ffmpeg makes of a source by these options, made once for all tests. */
async function bytesOf(folder: string, source: string, name: string, ...options: string[]) {
  const key = [source, name, ...options].join(' ');
  const making = async () => {
    const path = join(folder, `part.${name}`);
    await ffmpeg(...lavfi(source), ...options, path);
    return await readFile(path);
  };
  const bytes = recordings.get(key) ?? making();
  recordings.set(key, bytes);
  return await bytes;
}

const UNTAGGED = ['-id3v2_version', '0', '-write_xing', '0'];
/** Of each container: the codec, and another one after the change. */
const STREAMS: readonly (readonly [string, string[], string[]])[] = [
  ['ts', ['-c:a', 'aac'], []],
  ['latm.ts', ['-c:a', 'aac', '-mpegts_flags', 'latm'], []],
  ['two-codecs.ts', ['-c:a', 'mp2'], ['-c:a', 'aac']],
  ['m2ts', ['-c:a', 'ac3'], ['-c:a', 'mp2']],
  ['mpg', ['-c:a', 'mp2'], []],
  ['mp2', ['-c:a', 'mp2'], []],
  ['aac', ['-c:a', 'aac'], []],
  ['latm', ['-c:a', 'aac', '-f', 'latm'], []],
  ['mp3', ['-c:a', 'libmp3lame', ...UNTAGGED], []],
];

test.each(STREAMS)(
  'where the rate changes in mid-stream of a %s, up or down, another recording begins',
  async (name, options, others) => {
    await withFolder(async (folder) => {
      const noise = 'anoisesrc=a=0.1:r=48000:d=3:seed=1';
      const slow = await bytesOf(folder, noise, name, ...options, '-ar', '32000');
      const fast = await bytesOf(folder, noise, name, ...options, ...others, '-ar', '48000');
      const path = join(folder, name);
      for (const [one, other] of [
        [slow, fast],
        [fast, slow],
      ] as const) {
        await writeFile(path, Buffer.concat([one, other]));
        const starts = (await recordingParts(path)).map(({ start }) => start);
        expect(starts).toEqual([0, expect.any(Number)]);
        // A container has packets of its own before those of the sound, which begin within a frame.
        const after = (starts[1] ?? 0) - one.length;
        expect(after).toBeGreaterThanOrEqual(0);
        expect(after).toBeLessThanOrEqual(/ts|mpg/.test(name) ? 8192 : 0);
      }
    });
  },
);

test.each(['ts', 'mpg'])(
  'a rate that rises in mid-stream of a %s changes no times',
  async (name) => {
    await withFolder(async (folder) => {
      const codec = ['-c:a', name === 'ts' ? 'aac' : 'mp2'];
      const slow = await bytesOf(folder, tone(6, 1, 4), name, ...codec, '-ar', '32000');
      const fast = await bytesOf(folder, tone(6, 2), name, ...codec, '-ar', '48000');
      const path = join(folder, name);
      await writeFile(path, Buffer.concat([slow, fast]));
      const { seconds, tones, damage } = await tracksIn(path, folder);
      expect({ seconds: Math.round(seconds), damage }).toEqual({ seconds: 12, damage: [] });
      expect(tones).toHaveLength(1);
      expect(tones[0]).toHaveLength(3);
      [1, 4, 8].forEach((at, index) => expect(tones[0]?.[index]).toBeCloseTo(at, 0.5));
    });
  },
);

test('a stream that begins with a later recording of an MPEG-TS is heard then', async () => {
  await withFolder(async (folder) => {
    const codec = ['-c:a', 'aac'];
    const [one, other] = [
      await bytesOf(folder, tone(12, 1, 10), 'one.ts', ...codec),
      await bytesOf(folder, tone(6, 2), 'other.ts', ...codec, '-mpegts_start_pid', '0x200'),
    ];
    const path = join(folder, 'joined.ts');
    await writeFile(path, Buffer.concat([one, other]));
    const { seconds, tones } = await tracksIn(path, folder);
    expect(seconds).toBeCloseTo(18, 0);
    expect(tones).toHaveLength(1);
    [1, 10, 14].forEach((at, index) => expect(tones[0]?.[index]).toBeCloseTo(at, 0.5));
  });
});

test('a track that begins with the second recording is silent before', async () => {
  await withFolder(async (folder) => {
    const one = await bytesOf(folder, tone(6, 1), 'one.mka', '-c:a', 'flac');
    const map = ['-map', '0:a', '-map', '1:a', '-c:a', 'flac'];
    await ffmpeg(...lavfi(tone(6, 2), tone(6, 4)), ...map, join(folder, 'two.mka'));
    const path = join(folder, 'joined.mka');
    await writeFile(path, Buffer.concat([one, await readFile(join(folder, 'two.mka'))]));
    expect(await tracksIn(path, folder)).toMatchObject({
      seconds: 12,
      tones: [[1, 8], [10]],
      heard: ['1.1:1 2.1:1', '2.2:1'],
    });
  });
});

/** Of each container: the options of ffmpeg, and a recording of which the first bytes alone are right. */
const BROKEN: readonly (readonly [string, string[], (whole: Buffer) => Buffer])[] = [
  ['m4a', ['-c:a', 'aac'], (whole) => whole.subarray(0, whole.indexOf('moov') - 4)],
  ['webm', ['-c:a', 'libopus'], (whole) => Buffer.from(whole).fill(0, 60, 600)],
  ['flac', ['-c:a', 'flac'], (whole) => Buffer.from(whole).fill(0, 8)],
  ['opus', ['-c:a', 'libopus'], (whole) => Buffer.from(whole).fill(0, 28, 200)],
];
const NOISE = 'anoisesrc=a=0.1:r=48000:d=6:seed=1';

test.each(BROKEN)(
  'a recording that cannot be opened, among others of one %s, lasts as long as its bytes would',
  async (name, options, spoil) => {
    await withFolder(async (folder) => {
      const one = await bytesOf(folder, NOISE, name, ...options);
      const path = join(folder, name);
      await writeFile(path, Buffer.concat([one, spoil(one), one]));
      const { parts } = await probeRecording(path);
      expect(parts.map(({ streams }) => streams.length)).toEqual([1, 0, 1]);
      expect(parts[1]?.seconds).toBeGreaterThan(5.5);
      expect(parts[1]?.seconds).toBeLessThan(6.5);
    });
  },
);

test('a recording that cannot be opened is damage, and what follows is heard', async () => {
  await withFolder(async (folder) => {
    const one = await bytesOf(folder, tone(6, 1), 'm4a', '-c:a', 'aac');
    const broken = one.subarray(0, one.indexOf('moov') - 4);
    const path = join(folder, 'joined.m4a');
    await writeFile(path, Buffer.concat([one, broken, one]));
    const { tones, damage, heard, cut } = await tracksIn(path, folder);
    expect(heard).toEqual(['1.1:1 3.1:1']);
    expect(damage).toEqual([
      { start: expect.closeTo(6, 0) as number, end: expect.any(Number) as number },
    ]);
    const [{ start, end } = { start: NaN, end: NaN }] = damage;
    expect(end - start).toBeGreaterThan(4);
    expect(end - start).toBeLessThan(7);
    expect(tones[0]?.[0]).toBeCloseTo(1, 0.5);
    expect(tones[0]?.[1]).toBeCloseTo(end + 1, 0.5);
    expect(cut).toBe(false);
  });
});

test('a first recording that cannot be opened is damage, too', async () => {
  await withFolder(async (folder) => {
    const one = await bytesOf(folder, tone(6, 2), 'a.m4a', '-c:a', 'aac');
    const path = join(folder, 'joined.m4a');
    await writeFile(path, Buffer.concat([one.subarray(0, one.indexOf('moov') - 4), one]));
    const { tones, damage, heard } = await tracksIn(path, folder);
    expect(heard).toEqual(['2.1:1']);
    expect(damage).toMatchObject([{ start: 0 }]);
    expect(tones[0]?.[0]).toBeCloseTo((damage[0]?.end ?? 0) + 2, 0.5);
  });
});

test('a header with nothing behind it, and a film without sound, are no damage', async () => {
  await withFolder(async (folder) => {
    const one = await bytesOf(folder, NOISE, 'a.webm', '-c:a', 'libopus', '-live', '1');
    const film = await bytesOf(folder, 'testsrc2=s=64x64:r=5:d=6', 'b.webm', '-c:v', 'libvpx');
    const path = join(folder, 'joined.webm');
    await writeFile(path, Buffer.concat([one, one.subarray(0, 300), film, one]));
    const { parts } = await probeRecording(path);
    expect(parts.map(({ streams }) => streams.length)).toEqual([1, 1]);
  });
});

test('what stands behind more recordings than are opened is damage', async () => {
  await withFolder(async (folder) => {
    const one = await bytesOf(folder, NOISE, 'a.mp3', '-write_xing', '0');
    const path = join(folder, 'joined.mp3');
    await writeFile(path, Buffer.concat([one, one, one, one]));
    const { parts, durationSeconds } = await probeRecording(path, { mostParts: 3 });
    expect(parts.map(({ streams }) => streams.length)).toEqual([1, 1, 0, 0]);
    expect(durationSeconds).toBeCloseTo(24, 0);
  });
});

test('a recording that cannot be opened takes no more time than there is', async () => {
  await withFolder(async (folder) => {
    const one = await bytesOf(folder, NOISE, 'a.flac');
    const path = join(folder, 'joined.flac');
    await writeFile(path, Buffer.concat([one, Buffer.from(one).fill(0, 8)]));
    expect((await probeRecording(path, { maxSeconds: 8 })).durationSeconds).toBe(8);
  });
});

test('behind an M4A and a WAV, a recording of another kind is heard', async () => {
  await withFolder(async (folder) => {
    const others = [
      await bytesOf(folder, NOISE, 'a.mp3'),
      await bytesOf(folder, NOISE, 'b.mp3', '-id3v2_version', '0'),
      await bytesOf(folder, NOISE, 'c.opus', '-c:a', 'libopus'),
      await bytesOf(folder, NOISE, 'd.flac'),
      await bytesOf(folder, NOISE, 'e.webm', '-c:a', 'libopus'),
      await bytesOf(folder, NOISE, 'f.aiff'),
      await bytesOf(folder, NOISE, 'g.aac'),
    ];
    const boxed = await bytesOf(folder, NOISE, 'h.m4a', '-c:a', 'aac');
    const wave = await bytesOf(folder, NOISE, 'i.wav');
    const path = join(folder, 'joined');
    for (const [first, second] of [
      ...others.flatMap((other) => [[boxed, other] as const, [wave, other] as const]),
      [boxed, wave],
      [wave, boxed],
    ] as const) {
      await writeFile(path, Buffer.concat([first, second]));
      const parts = (await recordingParts(path)).map(({ start, staleLength }) => [
        start,
        staleLength,
      ]);
      expect(parts).toEqual([
        [0, false],
        [first.length, false],
      ]);
    }
    const { parts } = await probeRecording(path);
    expect(parts.map(({ format }) => format)).toEqual(['wav', 'mov,mp4,m4a,3gp,3g2,mj2']);
  });
});

test('a WAV whose sound stands in two pieces is called cut: ffmpeg reads the first alone', async () => {
  await withFolder(async (folder) => {
    const wave = await bytesOf(folder, NOISE, 'a.wav', '-ar', '16000', '-bitexact');
    const half = 44 + 96_000;
    const piece = Buffer.from('cue \x04\0\0\0\0\0\0\0data\0\x77\x01\0', 'latin1');
    const bytes = Buffer.concat([wave.subarray(0, half), piece, wave.subarray(half)]);
    bytes.writeUInt32LE(96_000, 40);
    bytes.writeUInt32LE(bytes.length - 8, 4);
    const path = join(folder, 'pieces.wav');
    await writeFile(path, bytes);
    expect(await recordingParts(path)).toMatchObject([{ start: 0, end: bytes.length, cut: true }]);
  });
});

/** What recorders, players and disks write behind a recording: nothing that is said. */
const TRAILING: readonly (readonly [string, Buffer])[] = [
  ['zeros', Buffer.alloc(100_000)],
  ['an ID3v1 tag', Buffer.concat([Buffer.from('TAGMeeting'), Buffer.alloc(118)])],
  ['an APE tag', Buffer.concat([Buffer.from('APETAGEX'), Buffer.alloc(200, 0x20)])],
  ['text', Buffer.from('Recorded by a dictaphone.\n'.repeat(50))],
];

test.each(['m4a', 'mp3', 'opus', 'flac', 'aac', 'wav', 'webm', 'ts'])(
  'what stands behind a recording in a %s is no damage',
  async (name) => {
    await withFolder(async (folder) => {
      const path = join(folder, `a.${name}`);
      const bytes = await bytesOf(folder, NOISE, name);
      for (const [what, trailing] of TRAILING) {
        await writeFile(path, Buffer.concat([bytes, trailing]));
        const parts = (await recordingParts(path)).map(({ start, cut }) => ({ start, cut }));
        expect({ what, parts }).toEqual({ what, parts: [{ start: 0, cut: false }] });
      }
      const { parts, durationSeconds } = await probeRecording(path);
      expect(parts).toHaveLength(1);
      expect(durationSeconds).toBeCloseTo(6, 0);
    });
  },
);
