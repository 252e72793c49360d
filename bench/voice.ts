import { copyFile, appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { planRecording } from '../adapters/media/plan-recording.ts';
import { chunkPlanSchema, SAMPLE_RATE, type ChunkPlan } from '../workflows/contracts/chunk-plan.ts';
import { startHealthServer } from '../workers/health-server.ts';
import { earlierBuild, THIS_BUILD } from './earlier-build.ts';
import { sentTogether, voiceFaults, type VoiceFigures } from './judge-voice.ts';
import { conversationCases, VOICE_CASES, writePcm } from './voice-cases.ts';

/**
 * `npm run bench:voice [-- COMMIT]`: the speech that is missed and the audio that is sent needlessly, of this build and of
 * an earlier one, and the time that two hours take. Exits 1 when a promise is missed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A folder of recordings, each with a reference in RTTM. */
    conversations: {
      type: 'string',
      default: join(THIS_BUILD, 'test/fixtures/conversations'),
    },
    /** Length of the recording whose time is taken; 0: none. */
    minutes: { type: 'string', default: '120' },
  },
});

/** Of the earlier build's time. */
const PROMISED_TIME = 0.5;
/** `/healthz` meanwhile, at the 99th percentile. */
const PROMISED_HEALTH_MS = 100;

const commit = positionals[0] ?? '63f4fbb';
const earlier = await earlierBuild(commit);
const folder = await mkdtemp(join(tmpdir(), 'hansard-voice-'));
const pcmPath = join(folder, 'pcm');
const task = {
  pcmPath,
  limitSeconds: 28,
  sourceSha256: 'a'.repeat(64),
  preparationVersion: 1,
  sound: { tracks: [{ startSample: 0, heard: [], damage: [] }], leftOut: [], cut: false },
};
let kept = true;
try {
  await compareCases();
  if (Number(values.minutes) > 0) await compareTimes(Number(values.minutes) * 60);
} finally {
  await rm(folder, { recursive: true });
}
if (!kept) process.exitCode = 1;

async function compareCases(): Promise<void> {
  console.log(`seconds, ${commit} > this build`);
  console.log(line('', 'length', 'speech', 'missed', '', 'sent needlessly', ''));
  const conversations = await conversationCases(values.conversations);
  const measured: VoiceFigures[] = [];
  for (const { name, ffmpeg, spoken } of [...conversations, ...VOICE_CASES]) {
    await writePcm(ffmpeg, pcmPath);
    const [before, now] = [await planOfEarlier(), await planOfThis()].map((plan) => ({
      ...judge(plan, spoken),
      length: plan.samples / SAMPLE_RATE,
    }));
    if (before === undefined || now === undefined) continue;
    const speech = spoken.reduce((sum, [start, end]) => sum + end - start, 0);
    const numbers = [now.length, speech, before.missed, now.missed, before.needless, now.needless];
    const figures = { speech, before, now };
    measured.push(figures);
    const faults = voiceFaults(figures);
    kept &&= faults.length === 0;
    const cells = numbers.map((number) => number.toFixed(1));
    console.log([line(name, ...cells), ...faults.map((fault) => fault.toUpperCase())].join('  '));
  }
  const sent = sentTogether(measured.slice(0, conversations.length));
  kept &&= sent.isKept;
  console.log(
    `sent of the conversations together: ${sent.before.toFixed(1)} s > ${sent.now.toFixed(1)} s, ` +
      `ratio ${sent.ratio.toFixed(2)} (promised ${sent.promised})`,
  );
}

async function compareTimes(seconds: number): Promise<void> {
  await writeLong(seconds);
  const before = await timed(planOfEarlier);
  const health = watchHealth();
  const now = await timed(planOfThis);
  const delays = await health.stop();
  const percentile = (share: number) => delays[Math.floor(delays.length * share)] ?? NaN;
  const ratio = now / before;
  console.log(
    `a recording of ${seconds} s: ${before.toFixed(1)} s > ${now.toFixed(1)} s, ` +
      `ratio ${ratio.toFixed(2)} (promised ${PROMISED_TIME})`,
  );
  console.log(
    `/healthz meanwhile: median ${percentile(0.5).toFixed(1)} ms, p99 ${percentile(0.99).toFixed(1)} ms ` +
      `(promised ${PROMISED_HEALTH_MS}), most ${percentile(0.9999).toFixed(1)} ms of ${delays.length} requests; ` +
      `memory at most ${health.mebibytes().toFixed(0)} MiB`,
  );
  kept &&= ratio <= PROMISED_TIME && percentile(0.99) <= PROMISED_HEALTH_MS;
}

/** Conversations and the sample, over and over. */
async function writeLong(seconds: number): Promise<void> {
  const [first, ...rest] = await conversationCases(values.conversations);
  if (first === undefined)
    throw new Error(`${values.conversations} has no recording with a reference`);
  const longPath = join(folder, 'long');
  await writePcm(first.ffmpeg, longPath);
  for (const { ffmpeg } of [...rest, ...VOICE_CASES.slice(0, 3)]) {
    await writePcm(ffmpeg, pcmPath);
    await appendFile(longPath, await readFile(pcmPath));
  }
  await copyFile(longPath, pcmPath);
  const piece = await readFile(longPath);
  while ((await stat(pcmPath)).size < seconds * SAMPLE_RATE * 2) await appendFile(pcmPath, piece);
}

async function timed(work: () => Promise<ChunkPlan>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

function planOfThis(): Promise<ChunkPlan> {
  return planRecording(task);
}

/** With the earlier build's own modules, in a thread so that they are loaded apart from ours. */
async function planOfEarlier(): Promise<ChunkPlan> {
  const code = `
    const { parentPort, workerData: { folder, task } } = require('node:worker_threads');
    const load = (name) => import('file://' + folder + '/adapters/media/' + name + '.ts');
    (async () => {
      const { detectVoice } = await load('detect-voice');
      const { frameEnergy } = await load('frame-energy');
      const { planChunks } = await load('plan-chunks');
      const quietness = await frameEnergy(task.pcmPath);
      parentPort.postMessage(planChunks({ ...task, ...(await detectVoice(task)), quietness }));
    })();`;
  const thread = new Worker(code, { eval: true, workerData: { folder: earlier, task } });
  try {
    const plan = await new Promise<unknown>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
    });
    return chunkPlanSchema.parse(plan);
  } finally {
    await thread.terminate();
  }
}

function judge({ chunks }: ChunkPlan, spoken: readonly (readonly [number, number])[]) {
  const sent = chunks.filter(({ speech }) => speech);
  const sentSeconds =
    sent.reduce((sum, it) => sum + it.endSample - it.startSample, 0) / SAMPLE_RATE;
  let speech = 0;
  let heard = 0;
  for (const [start, end] of spoken) {
    speech += end - start;
    for (const { startSample, endSample } of sent) {
      const [from, to] = [startSample / SAMPLE_RATE, endSample / SAMPLE_RATE];
      heard += Math.max(0, Math.min(end, to) - Math.max(start, from));
    }
  }
  return { missed: Math.max(0, speech - heard), needless: sentSeconds - heard };
}

/** Asks a health server of this process every 20 ms from another thread, and looks at the process's memory. */
function watchHealth() {
  const waits: number[] = [];
  let most = 0;
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      for (;;) {
        const startedAt = performance.now();
        await (await fetch(workerData)).arrayBuffer();
        parentPort.postMessage(performance.now() - startedAt);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();`;
  const running = startHealthServer(() => [], 0).then((server) => {
    const thread = new Worker(code, { eval: true, workerData: `${server.url}/healthz` });
    thread.on('message', (wait: number) => {
      waits.push(wait);
      most = Math.max(most, process.memoryUsage.rss());
    });
    return { server, thread };
  });
  return {
    mebibytes: () => most / 2 ** 20,
    stop: async () => {
      const { server, thread } = await running;
      await thread.terminate();
      await server.close();
      await sleep(0);
      return waits.toSorted((a, b) => a - b);
    },
  };
}

function line(name: string, ...cells: readonly string[]): string {
  return name.padEnd(22) + cells.map((cell) => cell.padStart(10)).join('');
}
