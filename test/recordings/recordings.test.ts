import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import { outputKey, transcriptKey } from '../../adapters/object-store/keys.ts';
import { DEFAULT_TENANT } from '../../workflows/contracts/names.ts';
import { minutesSchema, type Minutes } from '../../workflows/contracts/minutes.ts';
import { transcriptSchema, type Transcript } from '../../workflows/contracts/transcript.ts';
import { ffmpeg, SAMPLE } from '../adapters/media/with-folder.ts';
import { objectStoreOf } from '../support/object-store-of.ts';
import { spokenWords } from '../support/spoken-words.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

/**
 * Recordings as people really have them, through the whole pipeline with the real Whisper: the words of two pieces of the
 * sample, A and B, are found where they were said.
 */

let place: Surroundings;
let store: ObjectStore;
let folder: string;
let said: { readonly A: Transcript; readonly B: Transcript };
/** By file name: the jobs run at once, because most of a job's time is waiting. */
let jobs: ReadonlyMap<string, Outcome>;

interface Outcome {
  readonly minutes: Minutes;
  readonly transcript: Transcript;
}

beforeAll(async () => {
  place = await createSurroundings({});
  store = objectStoreOf(place);
  folder = await mkdtemp(join(tmpdir(), 'hansard-recordings-'));
  await place.startWorker();
  await ffmpeg('-ss', '0', '-t', '20', '-i', SAMPLE, '-ar', '48000', file('a.wav'));
  await ffmpeg('-ss', '34', '-t', '20', '-i', SAMPLE, '-ar', '48000', file('b.wav'));
  const made = await Promise.all(MAKERS.map((make) => make()));
  const names = ['a.wav', 'b.wav', ...made];
  const outcomes = await Promise.all(names.map(outcomeOf));
  jobs = new Map(names.map((name, index) => [name, outcomes[index] as Outcome]));
  said = { A: minutesOf('a.wav').transcript, B: minutesOf('b.wav').transcript };
}, 300_000);

afterAll(async () => {
  store.close();
  await place[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string) => join(folder, name);

async function outcomeOf(name: string): Promise<Outcome> {
  const submitted = await place.succeed('submit', file(name), '--no-image', '--json', '--watch');
  const { id } = JSON.parse(submitted.split('\n')[0] ?? '') as { id: string };
  return {
    minutes: await store.getJson(outputKey(DEFAULT_TENANT, id, 1, 'minutes.json'), minutesSchema),
    transcript: await store.getJson(transcriptKey(DEFAULT_TENANT, id), transcriptSchema),
  };
}

function minutesOf(name: string): Outcome {
  const outcome = jobs.get(name);
  if (outcome === undefined) throw new Error(`no job was made of ${name}`);
  return outcome;
}

/** Of the words of a piece that begins at `offset`, the share that is found within 0.6 s of where each sentence was said. */
function found(piece: 'A' | 'B', offset: number, heard: Transcript, until = Infinity): number {
  const counts = { all: 0, found: 0 };
  for (const { start, end, text } of said[piece].segments) {
    const [from, to] = [(start ?? 0) + offset - 0.6, (end ?? 0) + offset + 0.6];
    if (to > until) continue;
    const words = heard.segments
      .filter((one) => (one.end ?? 0) > from && (one.start ?? 0) < to)
      .flatMap((one) => spokenWords(one.text));
    for (const word of spokenWords(text)) {
      counts.all += 1;
      if (words.includes(word)) counts.found += 1;
    }
  }
  return counts.found / counts.all;
}

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'];
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=5:d=20'];
const joined = async (name: string, ...parts: readonly string[]): Promise<string> => {
  const bytes = await Promise.all(parts.map((one) => readFile(file(one))));
  await writeFile(file(name), Buffer.concat(bytes));
  return name;
};

/** Each makes one file and answers its name. */
const MAKERS: readonly (() => Promise<string>)[] = [
  async () => {
    const map = ['-map', '0:v', '-map', '1:a', '-map', '2:a'];
    const tracks = ['-i', file('a.wav'), '-i', file('b.wav')];
    await ffmpeg(...PICTURE, ...tracks, ...map, ...X264, file('obs.mkv'));
    return 'obs.mkv';
  },
  async () => {
    await ffmpeg('-i', file('a.wav'), '-ac', '1', '-c:a', 'aac', file('mono.aac'));
    await ffmpeg('-i', file('b.wav'), '-ac', '2', '-c:a', 'aac', file('stereo.aac'));
    return await joined('changing.aac', 'mono.aac', 'stereo.aac');
  },
  async () => {
    for (const name of ['a', 'b']) {
      const live = ['-c:a', 'libopus', '-f', 'webm', '-live', '1'];
      await ffmpeg('-i', file(`${name}.wav`), ...live, file(`${name}.webm`));
    }
    return await joined('restarted.webm', 'a.webm', 'b.webm');
  },
  async () => {
    await ffmpeg('-i', file('a.wav'), '-c:a', 'libopus', file('page.opus'));
    const bytes = await readFile(file('page.opus'));
    const middle = Math.floor(bytes.length / 2);
    for (let at = middle; at < middle + 40; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
    await writeFile(file('page.opus'), bytes);
    return 'page.opus';
  },
  async () => {
    const faststart = ['-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart'];
    await ffmpeg('-i', file('a.wav'), ...faststart, file('whole.m4a'));
    const bytes = await readFile(file('whole.m4a'));
    await writeFile(file('half.m4a'), bytes.subarray(0, bytes.length / 2));
    return 'half.m4a';
  },
];

test('two tracks of a screen recorder, spoken at the same time, are both transcribed', async () => {
  const { minutes, transcript } = minutesOf('obs.mkv');
  expect(found('A', 0, transcript)).toBeGreaterThan(0.85);
  expect(found('B', 0, transcript)).toBeGreaterThan(0.85);
  expect(transcript.durationSeconds).toBeCloseTo(20, 0);
  expect(minutes).toMatchObject({ status: 'complete', coverage: { gaps: [] } });
  expect(minutes.sound?.tracks).toEqual([
    [{ part: 1, stream: 1, channels: [1] }],
    [{ part: 1, stream: 2, channels: [1] }],
  ]);
  expect(minutes.coverage.audioSeconds).toBeCloseTo(40, 0);
});

test('a change from mono to stereo keeps every word and its time', async () => {
  const { minutes, transcript } = minutesOf('changing.aac');
  expect(found('A', 0, transcript)).toBeGreaterThan(0.85);
  expect(found('B', 20, transcript)).toBeGreaterThan(0.85);
  expect(minutes.durationSeconds).toBeCloseTo(40, 0);
});

test('a recorder that was restarted within one WebM loses nothing', async () => {
  const { minutes, transcript } = minutesOf('restarted.webm');
  expect(found('A', 0, transcript)).toBeGreaterThan(0.85);
  expect(found('B', 20, transcript)).toBeGreaterThan(0.85);
  expect(minutes.sound?.tracks).toEqual([
    [
      { part: 1, stream: 1, channels: [1] },
      { part: 2, stream: 1, channels: [1] },
    ],
  ]);
});

test('forty wrong bytes cost a gap, and the rest is transcribed', async () => {
  const { minutes, transcript } = minutesOf('page.opus');
  expect(minutes.status).toBe('partial');
  const [gap, ...others] = minutes.coverage.gaps;
  expect(others).toEqual([]);
  expect(gap).toMatchObject({ reason: 'damaged' });
  expect(gap?.start).toBeCloseTo(10, -0.5);
  expect((gap?.end ?? 0) - (gap?.start ?? 0)).toBeLessThan(1.5);
  expect(found('A', 0, transcript)).toBeGreaterThan(0.7);
  const { audioSeconds, transcribedSeconds, silenceSeconds, gaps } = minutes.coverage;
  const lost = gaps.reduce((sum, { start, end }) => sum + (end ?? 0) - (start ?? 0), 0);
  expect(transcribedSeconds + silenceSeconds + lost).toBeCloseTo(audioSeconds, 3);
  expect(
    (await place.hansard('submit', file('page.opus'), '--no-image', '--watch', '--strict')).code,
  ).toBe(1);
});

test('half of an M4A gives its half, and says from where the rest is missing', async () => {
  const { minutes, transcript } = minutesOf('half.m4a');
  expect(minutes).toMatchObject({ status: 'partial', sound: { cut: true } });
  const [gap] = minutes.coverage.gaps;
  expect(gap?.start).toBeCloseTo(9.25, 0);
  expect(gap?.end).toBeCloseTo(20, 0);
  expect(found('A', 0, transcript, gap?.start ?? 0)).toBeGreaterThan(0.85);
});
