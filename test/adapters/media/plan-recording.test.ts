import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planRecording } from '../../../adapters/media/plan-recording.ts';
import { planSamples } from '../../../adapters/media/plan-samples.ts';
import { createVoiceRater } from '../../../adapters/media/rate-voice.ts';
import {
  chunkPlanSchema,
  type ChunkPlan,
  type PlannedChunk,
} from '../../../workflows/contracts/chunk-plan.ts';
import { conversationPath, spokenSpans } from './conversation.ts';
import { ffmpeg, SAMPLE, withFolder } from './with-folder.ts';

const sourceSha256 = 'a'.repeat(64);
const RATE = 16_000;
const ONE_TRACK = {
  preparationVersion: 1,
  sound: {
    tracks: [{ startSample: 0, heard: [{ part: 1, stream: 1, channels: [1] }], damage: [] }],
    leftOut: [],
    cut: false,
  },
};

/** Plans what ffmpeg makes of its arguments, without the thread, which takes half a second to get ready. */
async function planOf(...source: readonly string[]): Promise<ChunkPlan> {
  return await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    await ffmpeg(...source, '-ar', '16000', '-ac', '1', '-f', 's16le', pcmPath);
    return await planSamples(
      { pcmPath, ...ONE_TRACK, limitSeconds: 28, sourceSha256 },
      await createVoiceRater(),
    );
  });
}

const unsent = ({ chunks }: ChunkPlan) =>
  chunks.filter(({ speech }) => !speech).map((it) => [it.startSample / RATE, it.endSample / RATE]);
const sentSeconds = ({ chunks }: ChunkPlan) =>
  chunks.reduce((sum, it) => sum + (it.speech ? it.endSample - it.startSample : 0), 0) / RATE;

/** Seconds of `spoken` that are not sent. */
function missedSeconds(plan: ChunkPlan, spoken: readonly (readonly [number, number])[]): number {
  let missed = 0;
  for (const [start, end] of spoken) {
    for (const [from = 0, to = 0] of unsent(plan)) {
      missed += Math.max(0, Math.min(end, to) - Math.max(start, from));
    }
  }
  return missed;
}

/** Most that may be sent: by the first look alone it was 161 and 79 s, and readings of 610 s were sent whole: 10 % are 85 s. */
const MOST_SENT = { 'meeting-a': 188, 'meeting-b': 137 };

test.each(['reading-a', 'reading-b'])('of %s, 99 percent of the speech is sent', async (name) => {
  const spoken = await spokenSpans(conversationPath(`${name}.rttm`));
  const all = spoken.reduce((sum, [start, end]) => sum + end - start, 0);
  const plan = await planOf('-i', conversationPath(`${name}.opus`));
  expect(missedSeconds(plan, spoken) / all).toBeLessThan(0.01);
});

test.each(['meeting-a', 'meeting-b'] as const)(
  'of %s, 99 percent of the speech is sent, and not everything',
  async (name) => {
    const spoken = await spokenSpans(conversationPath(`${name}.rttm`));
    const all = spoken.reduce((sum, [start, end]) => sum + end - start, 0);
    const plan = await planOf('-i', conversationPath(`${name}.opus`));
    expect(missedSeconds(plan, spoken) / all).toBeLessThan(0.01);
    expect(sentSeconds(plan)).toBeLessThan(MOST_SENT[name]);
    // What is heard and not sent is listed, and lies in what is not sent.
    expect(plan.soundInSilence).not.toEqual([]);
    for (const { startSample, endSample } of plan.soundInSilence ?? []) {
      const around = plan.chunks.find((chunk) => chunk.endSample > startSample);
      expect(around?.speech).toBe(false);
      expect(endSample).toBeLessThanOrEqual(around?.endSample ?? 0);
    }
  },
);

const CHORDS =
  '0.2*sin(2*PI*t*(262+66*floor(mod(t,4))))+0.15*sin(2*PI*t*(330+82*floor(mod(t,4))))+0.12*sin(2*PI*t*(392+98*floor(mod(t*2,4))))+0.1*sin(2*PI*131*t)*(1-mod(t*2,1))';

test('the first sentence after loud music is sent', async () => {
  const music = ['-f', 'lavfi', '-t', '20', '-i', `aevalsrc='${CHORDS}':s=16000`];
  const joined = '[1]aresample=16000[v];[0][v]concat=n=2:v=0:a=1';
  const plan = await planOf(...music, '-t', '30', '-i', SAMPLE, '-filter_complex', joined);
  expect(missedSeconds(plan, [[20, 50]])).toBe(0);
});

test('lone short answers are sent, in any of these voices', async () => {
  // 10 s of silence around each. The first look rates "No." of kal16 0.03, and hears rms say "Yeah." for 256 ms.
  const answers = ['awb', 'kal16', 'rms', 'slt'].flatMap((voice) =>
    ['No', 'Yes agreed', 'Yeah', 'Nay'].map((words) => `flite=text='${words}':voice=${voice}`),
  );
  for (const group of [answers.slice(0, 8), answers.slice(8)]) {
    const inputs = group.flatMap((answer) => ['-f', 'lavfi', '-i', answer]);
    const padded = group.map(
      (_, index) => `[${index}]aresample=16000,adelay=10000,apad=whole_dur=20[a${index}]`,
    );
    const joined = `${group.map((_, index) => `[a${index}]`).join('')}concat=n=${group.length}:v=0:a=1`;
    const plan = await planOf(...inputs, '-filter_complex', [...padded, joined].join(';'));
    const spoken = group.map((_, index): [number, number] => [
      20 * index + 10.1,
      20 * index + 10.4,
    ]);
    expect(missedSeconds(plan, spoken)).toBe(0);
    expect(sentSeconds(plan)).toBeLessThan(group.length * 4);
  }
});

test.each([
  ['pink noise', 'anoisesrc=d=40:a=0.05:c=pink:seed=1'],
  ['white noise', 'anoisesrc=d=40:a=0.01:c=white:seed=2'],
  ['loud music', `aevalsrc='${CHORDS}':s=16000:d=40`],
  ['a tone', 'sine=f=300:d=40'],
  ['a busy tone', "aevalsrc='0.2*(sin(2*PI*480*t)+sin(2*PI*620*t))*lt(mod(t,1),0.5)':s=16000:d=40"],
  ['a ring tone', "aevalsrc='0.2*sin(2*PI*425*t)*lt(mod(t,5),1)':s=16000:d=40"],
  [
    'clicking keys',
    "aevalsrc='0.02*sin(2*PI*50*t)+0.5*(random(0)-0.5)*exp(-mod(t,0.37)*120)':s=16000:d=40",
  ],
])('nothing is sent of %s', async (_name, source) => {
  const plan = await planOf('-f', 'lavfi', '-i', source);
  expect(sentSeconds(plan)).toBeLessThan(2);
});

test('soft speech and speech of a telephone line are sent', async () => {
  for (const filter of ['volume=-30dB', 'highpass=f=300,lowpass=f=3400']) {
    const plan = await planOf('-i', SAMPLE, '-t', '40', '-af', `${filter},adelay=10000`);
    expect(missedSeconds(plan, [[10.2, 40]])).toBe(0);
  }
});

/** As planner version 1 cut it: stored answers hang on these bounds. */
const SAMPLE_CUTS = [
  [408_320, true],
  [712_629, true],
  [1_086_976, true],
  [1_407_232, true],
  [1_758_208, true],
  [2_086_912, true],
  [2_417_280, true],
];

test('the chunks that are told while a meeting is planned are the first ones of its plan', async () => {
  await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    // Long silences with quiet people in them, again and again.
    const meeting = ['-stream_loop', '3', '-i', conversationPath('meeting-a.opus'), '-t', '380'];
    await ffmpeg(...meeting, '-ar', '16000', '-ac', '1', '-f', 's16le', pcmPath);
    const task = { pcmPath, ...ONE_TRACK, limitSeconds: 28, sourceSha256 };
    const told: (readonly PlannedChunk[])[] = [];
    const [plan, untold] = await Promise.all([
      planRecording({ ...task, onSettled: (first) => told.push(first) }),
      planSamples(task, await createVoiceRater()),
    ]);
    expect(plan).toEqual(untold);
    expect(plan.chunks.some(({ speech }) => !speech)).toBe(true);
    // At 240 and 360 s.
    expect(told).toHaveLength(2);
    for (const first of told) expect(plan.chunks.slice(0, first.length)).toEqual(first);
    expect(told.at(-1)?.at(-1)?.endSample).toBeGreaterThan(300 * RATE);

    const before = told[0] ?? [];
    const again: (readonly PlannedChunk[])[] = [];
    const onSettled = (first: readonly PlannedChunk[]) => again.push(first);
    expect(await planRecording({ ...task, before, onSettled })).toEqual(plan);
    expect(again).toEqual(told.slice(1));
  });
});

test('several tracks are planned when all is heard', async () => {
  await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    await ffmpeg('-stream_loop', '1', '-i', SAMPLE, '-t', '250', '-f', 's16le', pcmPath);
    const tracks = [0, 125 * RATE].map((startSample) => ({ startSample, heard: [], damage: [] }));
    let told = 0;
    const plan = await planRecording({
      pcmPath,
      preparationVersion: 2,
      sound: { ...ONE_TRACK.sound, tracks },
      limitSeconds: 28,
      sourceSha256,
      onSettled: () => (told += 1),
    });
    expect(plan.chunks.at(-1)?.endSample).toBe(250 * RATE);
    expect(told).toBe(0);
  });
});

test('the sample is cut where it always was by a thread, beside which the process goes on, and hears how far it is', async () => {
  await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    await ffmpeg('-i', SAMPLE, '-f', 's16le', pcmPath);
    const heard: number[] = [];
    const before = performance.eventLoopUtilization();
    const plan = await planRecording({
      ...ONE_TRACK,
      pcmPath,
      limitSeconds: 28,
      sourceSha256,
      onProgress: (at) => heard.push(at),
    });
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
    expect(heard.at(-1)).toBeCloseTo(151.08, 1);
    expect(chunkPlanSchema.parse(plan).soundInSilence).toEqual([]);
    expect(plan.chunks.map(({ endSample, speech }) => [endSample, speech])).toEqual(SAMPLE_CUTS);
  });
});

test('an abort ends the thread at once, with the reason', async () => {
  await withFolder(async (folder) => {
    const pcmPath = join(folder, 'pcm');
    await ffmpeg('-i', SAMPLE, '-f', 's16le', pcmPath);
    const stop = new AbortController();
    const reason = new Error('the job was cancelled');
    const running = planRecording({
      ...ONE_TRACK,
      pcmPath,
      limitSeconds: 28,
      sourceSha256,
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
    await expect(
      planRecording({ pcmPath, ...ONE_TRACK, limitSeconds: 28, sourceSha256, signal: stop.signal }),
    ).rejects.toBe(reason);
  });
});

test('what fails in the thread fails the call', async () => {
  const pcmPath = join(import.meta.dirname, 'no such recording');
  await expect(
    planRecording({ pcmPath, ...ONE_TRACK, limitSeconds: 28, sourceSha256 }),
  ).rejects.toThrow('ENOENT');
});
