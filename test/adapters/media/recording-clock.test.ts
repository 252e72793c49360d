import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeRecording } from '../../../adapters/media/decode-recording.ts';
import { lavfi, tone, tracksIn, tracksOf } from './tones.ts';
import { ffmpeg, withFolder } from './with-folder.ts';

/** Pauses in the time stamps, however long, and clocks that leap. */

const PARTS: readonly (readonly [string, string])[] = [
  ['ts', 'aac'],
  ['m2ts', 'ac3'],
  ['mpg', 'mp2'],
];

/** Three tones in files of 4 s, joined byte by byte, whose stamps begin at these seconds. */
async function joinedAt(folder: string, name: string, codec: string, ...starts: number[]) {
  const made: Buffer[] = [];
  for (const start of starts) {
    const path = join(folder, `at-${start}.${name}`);
    const offset = ['-output_ts_offset', String(start)];
    await ffmpeg(...lavfi(tone(4, 1)), '-ar', '48000', '-c:a', codec, ...offset, path);
    made.push(await readFile(path));
  }
  const path = join(folder, `joined.${name}`);
  await writeFile(path, Buffer.concat(made));
  return path;
}

test.each(PARTS)('pauses of 15 and 60 s in %s are silence, and no damage', async (name, codec) => {
  await withFolder(async (folder) => {
    const path = await joinedAt(folder, name, codec, 10, 29, 93);
    const { seconds, tones, damage, disagreements, version } = await tracksIn(path, folder);
    expect({ damage, disagreements, version }).toEqual({
      damage: [],
      disagreements: [],
      version: 3,
    });
    expect(seconds).toBeCloseTo(87, -0.3);
    expect(tones[0]).toHaveLength(3);
    [1, 20, 84].forEach((at, index) => expect(tones[0]?.[index]).toBeCloseTo(at, 0.3));
  });
});

test.each(PARTS)('%s whose stamps begin anew is joined without a pause', async (name, codec) => {
  await withFolder(async (folder) => {
    const path = await joinedAt(folder, name, codec, 0, 0, 0);
    const { seconds, tones, damage, disagreements } = await tracksIn(path, folder);
    expect({ damage, disagreements }).toEqual({ damage: [], disagreements: [] });
    expect(seconds).toBeCloseTo(12, -0.3);
    expect(tones[0]).toHaveLength(3);
    [1, 5, 9].forEach((at, index) => expect(tones[0]?.[index]).toBeCloseTo(at, 0.3));
  });
});

const [MONO, STEREO] = [
  ['-ac', '1'],
  ['-ac', '2'],
];
const [FAST, SLOW] = [
  ['-ar', '48000'],
  ['-ar', '32000'],
];
test.each([
  ['ts', 'aac', MONO, STEREO],
  ['ts', 'aac', STEREO, MONO],
  ['latm.ts', 'aac', MONO, STEREO],
  ['mpg', 'mp2', STEREO, MONO],
  ['m2ts', 'ac3', MONO, STEREO],
  ['m2ts', 'ac3', FAST, SLOW],
  ['m2ts', 'ac3', SLOW, FAST],
])('%s (%s) that changes from %j to %j keeps its times', async (name, codec, before, after) => {
  await withFolder(async (folder) => {
    const flags = name.startsWith('latm') ? ['-mpegts_flags', 'latm'] : [];
    const made: Buffer[] = [];
    for (const form of [before, after]) {
      const path = join(folder, `${made.length}.${name}`);
      await ffmpeg(...lavfi(tone(4, 1)), '-c:a', codec, ...form, ...flags, path);
      made.push(await readFile(path));
    }
    const path = join(folder, `joined.${name}`);
    await writeFile(path, Buffer.concat(made));
    const { seconds, tones, damage, disagreements } = await tracksIn(path, folder);
    expect({ damage, disagreements }).toEqual({ damage: [], disagreements: [] });
    expect(seconds).toBeCloseTo(8, -0.3);
    expect(tones[0]).toHaveLength(2);
    [1, 5].forEach((at, index) => expect(tones[0]?.[index]).toBeCloseTo(at, 0.3));
  });
});

test('a long pause behind damage is another preparation, too', async () => {
  await withFolder(async (folder) => {
    const path = await joinedAt(folder, 'ts', 'aac', 10, 29);
    const bytes = await readFile(path);
    // In the middle of the first of two files.
    const at = Math.floor(bytes.length / 4);
    await writeFile(path, Buffer.from(bytes).fill(0x5a, at, at + 3000));
    const { tones, damage, version } = await tracksIn(path, folder);
    expect(damage).not.toEqual([]);
    expect(damage.every(({ end }) => end < 4.5)).toBe(true);
    expect(tones[0]?.at(-1)).toBeCloseTo(20, 0.3);
    expect(version).toBe(3);
  });
});

/** Stamps after 4 s are later by so much. */
const leap = (seconds: number) => ['-af', `asetpts='PTS+gte(T\\,4)*${seconds}/TB'`];

test.each([
  ['opus', 'libopus'],
  ['oga', 'flac'],
])('a pause of 15 s in Ogg (%s) is silence, and no damage', async (name, codec) => {
  const form = [...leap(15), '-c:a', codec];
  expect(await tracksOf(`pause.${name}`, ...lavfi(tone(8, 1, 6)), ...form)).toMatchObject({
    seconds: 23,
    tones: [[1, 21]],
    damage: [],
    disagreements: [],
    version: 3,
  });
});

test('a recording without a long pause keeps its version, and with it its answers', async () => {
  for (const [name, codec] of [
    ['ts', 'aac'],
    ['opus', 'libopus'],
  ] as const) {
    const form = [...leap(8), '-c:a', codec];
    const heard = await tracksOf(`short.${name}`, ...lavfi(tone(8, 1, 6)), ...form);
    expect(heard).toMatchObject({ damage: [], disagreements: [], version: 1 });
  }
});

// ffmpeg tells where only of a pause that is shorter than a recording may be.
test.each([
  ['mkv', 'libopus', 72, null],
  ['opus', 'libopus', 72, null],
  ['mkv', 'libopus', 14, 4],
])(
  'a clock in %s (%s) that leaps by %i hours adds no silence, and is told',
  async (name, codec, hours, place) => {
    const form = [...leap(hours * 3600), '-c:a', codec];
    const heard = await tracksOf(`leap.${name}`, ...lavfi(tone(8, 1, 6)), ...form);
    expect(heard).toMatchObject({ seconds: 8, tones: [[1, 6]], damage: [] });
    const [told, ...others] = heard.disagreements;
    expect(others).toEqual([]);
    expect(told).toMatchObject({ part: 1, stream: 1 });
    expect(told?.statedSeconds).toBeCloseTo(hours * 3600 + 8, 0);
    expect(told?.heardSeconds).toBeCloseTo(8, 1);
    expect(told?.at === undefined ? null : Math.round(told.at)).toBe(place);
  },
);

test('a decoder that writes more than the packets hold is told', async () => {
  await withFolder(async (folder) => {
    const longer = join(folder, 'longer-ffmpeg');
    const script = [
      '#!/bin/sh',
      'for last; do :; done',
      'ffmpeg "$@" || exit $?',
      // Three seconds more, where it writes samples to a file.
      'case "$last" in file:*.s16le) head -c 96000 /dev/zero >> "${last#file:}";; esac',
    ];
    await writeFile(longer, script.join('\n'), { mode: 0o755 });
    const path = join(folder, 'meeting.m4a');
    await ffmpeg(...lavfi(tone(6, 1)), '-c:a', 'aac', path);
    const binaries = { ffmpeg: longer, ffprobe: 'ffprobe' };
    const { sound } = await decodeRecording({ path, pcmPath: join(folder, 'pcm'), binaries });
    expect(sound.disagreements).toEqual([
      {
        part: 1,
        stream: 1,
        statedSeconds: expect.closeTo(6, 1) as number,
        heardSeconds: expect.closeTo(9, 1) as number,
      },
    ]);
  });
});
