import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { minutesOf } from '../support/minutes-of.ts';
import { objectStoreOf } from '../support/object-store-of.ts';
import { sampleRecording, type SampleRecording } from '../support/sample-recording.ts';
import {
  createSurroundings,
  type Surroundings,
  type WorkerProcess,
} from '../support/surroundings.ts';

/** What can happen to a worker and to a run in mid-job. `npm run test:kill` repeats the killing 20 times, and knows more ends. */

const KILL_RUNS = Number(process.env['HANSARD_KILL_RUNS'] ?? 1);
/** Calls to whisper-base that one worker has in flight. */
const CONCURRENCY = 2;
/** Of one call: a job is under way for as long as it takes to interrupt it. */
const LATENCY_MS = 500;

const summarizer = `
  summarize:
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 8192, concurrency: 2 }`;
const configuration = `roles:
  transcribe:
    - { name: whisper-base, contract: hf-task, model: openai/whisper-base, audioSeconds: 6, concurrency: ${CONCURRENCY} }${summarizer}
  illustrate: []
  moderate: []
`;

let place: Surroundings;
/** Seven chunks or more. */
let recording: SampleRecording;
beforeAll(async () => {
  [place, recording] = await Promise.all([
    createSurroundings({
      inference: ['--faults', '--scripted-transcriber', '--latency-ms', String(LATENCY_MS)],
      configuration,
    }),
    sampleRecording(40),
  ]);
}, 240_000);
afterAll(async () => {
  await place[Symbol.asyncDispose]();
  await recording[Symbol.asyncDispose]();
});

/** The worker that the last test left running: a start takes seconds. Never a second one, which would do its work. */
let running: WorkerProcess | null = null;

/** The worker that is running, or a new one. */
async function aWorker(): Promise<WorkerProcess> {
  return running ?? (await aNewWorker({}));
}

async function aNewWorker(extra: Record<string, string>): Promise<WorkerProcess> {
  await running?.kill();
  const worker = await place.startWorker(extra);
  running = {
    ...worker,
    stop: async () => {
      running = null;
      return await worker.stop();
    },
    kill: async () => {
      running = null;
      await worker.kill();
    },
  };
  return running;
}

async function submit(): Promise<string> {
  const options = ['--no-image', '--force', '--json'];
  const { stdout, stderr } = await place.hansard('submit', recording.path, ...options);
  expect(stderr).toContain('paid for again');
  return (JSON.parse(stdout) as { id: string }).id;
}

async function untilChunksDone(id: string, atLeast: number): Promise<void> {
  const handle = place.client.workflow.getHandle(`minutes/default/${id}`);
  for (;;) {
    // A worker that has just started may be asked before it polls.
    const progress = await handle.query<Progress>('progress').catch(() => null);
    const { done, total } = progress?.chunks ?? { done: 0, total: 0 };
    if (total > 0 && done >= atLeast) return;
    await sleep(20);
  }
}

async function ledgerStates(id: string): Promise<Record<string, number>> {
  const { rows } = await place.database.query<{ state: string; count: string }>(
    'select state, count(*) from ledger_entry where job_id = $1 group by state',
    [id],
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
}

async function objectsBelow(prefix: string): Promise<string[]> {
  const s3 = new S3Client({
    endpoint: place.env['S3_ENDPOINT'] ?? '',
    region: place.env['AWS_REGION'] ?? 'us-east-1',
    forcePathStyle: true,
    credentials: {
      accessKeyId: place.env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: place.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  const { Contents } = await s3.send(
    new ListObjectsV2Command({ Bucket: place.env['S3_BUCKET'] ?? '', Prefix: prefix }),
  );
  s3.destroy();
  return (Contents ?? []).flatMap(({ Key }) => Key ?? []);
}

const billedCalls = async () =>
  Object.values((await place.stats()).billed).reduce((sum, count) => sum + count, 0);

/** Long enough that a worker dies in the middle of it. */
const QUEUE_MS = 8000;
/** A target that queues its work. */
const queueing = `roles:
  transcribe: []${summarizer}
  illustrate:
    - { name: queued, contract: fal, model: hansard/procedural-v1, privateDownloads: true, concurrency: 1 }
  moderate:
    - { name: nsfwjs, contract: hf-task, model: hansard/nsfwjs-mobilenet-v2-mid, concurrency: 1 }
`;

describe.concurrent('a worker that dies', () => {
  test(
    'killed in mid-transcription, it costs at most the calls in flight, each in doubt',
    async () => {
      for (let run = 1; run <= KILL_RUNS; run += 1) {
        const before = await billedCalls();
        const worker = await aWorker();
        const id = await submit();
        await untilChunksDone(id, Math.floor(Math.random() * 4));
        await sleep(Math.random() * LATENCY_MS);
        await worker.kill();
        await aWorker();
        expect(await place.hansard('watch', id)).toMatchObject({ code: 0 });

        const {
          accepted = 0,
          rejected = 0,
          in_doubt: inDoubt = 0,
          ...others
        } = await ledgerStates(id);
        const billed = (await billedCalls()) - before;
        expect(others['reserved'] ?? 0).toBe(0);
        expect(others['sending'] ?? 0).toBe(0);
        expect(inDoubt).toBeLessThanOrEqual(CONCURRENCY);
        expect(billed).toBeGreaterThanOrEqual(accepted + rejected);
        expect(billed).toBeLessThanOrEqual(accepted + rejected + inDoubt);
      }
    },
    180_000 * KILL_RUNS,
  );

  test('a picture in a queue outlives the worker that ordered it: the next one fetches it, and it is paid once', async ({
    expect,
  }) => {
    await using own = await createSurroundings({
      inference: ['--faults', '--scripted-transcriber', '--queue-delay-ms', String(QUEUE_MS)],
      configuration: queueing,
    });
    const talk = join(dirname(recording.path), 'talk.txt');
    await writeFile(talk, 'Ann: We decided to hire a painter.\nBob: Who will book the hall?\n');
    const orders = async () => {
      const { rows } = await own.database.query<{ state: string; ordinal: number }>(
        "select state, ordinal from ledger_entry where role = 'illustrate' order by ordinal",
      );
      return rows;
    };

    const first = await own.startWorker();
    const submitted = await own.succeed('submit', talk, '--json');
    const { id } = JSON.parse(submitted) as { id: string };
    await expect
      .poll(orders, { timeout: 60_000, interval: 100 })
      .toEqual([{ state: 'submitted', ordinal: 1 }]);
    await first.kill();
    expect(await orders()).toEqual([{ state: 'submitted', ordinal: 1 }]);

    await own.startWorker();
    expect(await own.hansard('watch', id)).toMatchObject({ code: 0 });
    expect(await orders()).toEqual([{ state: 'accepted', ordinal: 1 }]);
    const { requests, billed } = await own.stats();
    expect({ ordered: requests['illustrate'], billed: billed['illustrate'] }).toEqual({
      ordered: 1,
      billed: 1,
    });

    const { image, degradations, engines, cost } = await minutesOf(own, id);
    expect(image).toMatchObject({ verdict: 'safe', key: expect.any(String) });
    expect(degradations).toEqual([]);
    expect(engines.illustrate).toMatchObject([{ target: 'queued', items: 1 }]);
    expect(cost.inDoubt).toBe(0);
    const store = objectStoreOf(own);
    try {
      expect(await store.head(image?.key ?? '')).toMatchObject({ contentType: 'image/png' });
    } finally {
      store.close();
    }
  }, 180_000);
});

test('a worker stopped in mid-job finishes its calls; the next one goes on, and nothing is in doubt', async () => {
  const worker = await aWorker();
  const id = await submit();
  await untilChunksDone(id, 1);
  expect(await worker.stop()).toBe(0);
  await aWorker();
  expect(await place.hansard('watch', id)).toMatchObject({ code: 0 });
  expect((await ledgerStates(id))['in_doubt'] ?? 0).toBe(0);
}, 240_000);

/** Both come to the same in the worker, which `test/workers/shutdown.test.ts` shows. */
const ENDS = [
  ['a second signal comes', {}, ['SIGTERM', 'SIGTERM']],
  ['its grace is over', { HANSARD_SHUTDOWN_GRACE: '1' }, ['SIGTERM']],
] as const;

test.each(ENDS.slice(0, KILL_RUNS))(
  'a worker ends in order when %s: its calls are in doubt, and the next one makes them again',
  async (_when, variables, signals) => {
    await place.setFaults([{ role: 'transcribe', nth: 'every', delayMs: 120_000 }]);
    const worker =
      'HANSARD_SHUTDOWN_GRACE' in variables ? await aNewWorker(variables) : await aWorker();
    const id = await submit();
    while (((await ledgerStates(id))['sending'] ?? 0) < CONCURRENCY) await sleep(50);
    const stopping = worker.stop();
    for (const signal of signals.slice(1)) {
      await sleep(1_500);
      process.kill(worker.pid, signal);
    }
    expect(await stopping).toBe(0);
    expect(await ledgerStates(id)).toEqual({ in_doubt: CONCURRENCY });

    await place.setFaults([]);
    await aWorker();
    expect(await place.hansard('watch', id)).toMatchObject({ code: 0 });
  },
  240_000,
);

test('a cancelled job makes no new calls, leaves no claim and no scratch, and keeps its results', async () => {
  await aWorker();
  const id = await submit();
  await untilChunksDone(id, 1);
  expect((await place.hansard('cancel', id)).code).toBe(0);
  expect((await place.hansard('watch', id)).code).toBe(1);

  const status = await place.hansard('status', id, '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({ status: 'cancelled' });
  const { accepted = 0, ...states } = await ledgerStates(id);
  expect(accepted).toBeGreaterThan(0);
  expect(states['reserved'] ?? 0).toBe(0);
  expect(states['sending'] ?? 0).toBe(0);
  expect(await objectsBelow(`default/jobs/${id}/scratch/`)).toEqual([]);
  expect(await objectsBelow(`default/jobs/${id}/input.json`)).toHaveLength(1);
  expect((await objectsBelow('default/sources/')).length).toBeGreaterThan(1);

  // A cancelled job runs anew under its id, and pays for what is missing only.
  const billed = await billedCalls();
  expect(await place.hansard('retry', id, '--watch')).toMatchObject({ code: 0 });
  const again = await ledgerStates(id);
  expect((await billedCalls()) - billed).toBe((again['accepted'] ?? 0) - accepted);
}, 240_000);

test('what a terminated run leaves behind is swept', async () => {
  const worker = await aWorker();
  const id = await submit();
  await untilChunksDone(id, 1);
  await place.client.workflow.getHandle(`minutes/default/${id}`).terminate('a test');
  await worker.kill();
  expect((await objectsBelow(`default/jobs/${id}/scratch/`)).length).toBeGreaterThan(0);

  // Rows younger than a minute, and living leases, are left alone: make them old.
  await place.database.query("update job set submitted_at = submitted_at - interval '1 hour'");
  await aWorker();
  expect((await place.hansard('sweep')).code).toBe(0);

  const states = await ledgerStates(id);
  expect(states['reserved'] ?? 0).toBe(0);
  expect(states['sending'] ?? 0).toBe(0);
  expect(await objectsBelow(`default/jobs/${id}/scratch/`)).toEqual([]);
  const status = await place.hansard('status', id, '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({ status: 'failed' });
}, 240_000);

test('partial minutes stay as they were read when a retry is cancelled, and give way to complete ones', async () => {
  await aWorker();
  await place.setFaults([{ role: 'transcribe', nth: 2, status: 400, body: { error: 'no' } }]);
  const id = await submit();
  expect((await place.hansard('watch', id)).code).toBe(0);
  const folder = await mkdtemp(join(tmpdir(), 'hansard-result-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const filesOf = async (name: string) => {
    const out = join(folder, name);
    await place.succeed('result', id, '--out', out);
    const names = (await readdir(out)).toSorted();
    const read = async (file: string) => [file, await readFile(join(out, file))] as const;
    return Object.fromEntries(await Promise.all(names.map(read)));
  };
  const first = await filesOf('first');
  expect(String(first['minutes.json'])).toContain('"status": "partial"');

  await place.setFaults([{ role: 'transcribe', nth: 'every', hang: true }]);
  await place.succeed('retry', id);
  await place.succeed('cancel', id);
  expect((await place.hansard('watch', id)).stdout).toContain('partial minutes can still be read');
  expect(await filesOf('cancelled')).toEqual(first);

  await place.setFaults([]);
  await place.succeed('retry', id, '--watch', '--strict');
  expect(String((await filesOf('second'))['minutes.json'])).toContain('"status": "complete"');
  const versions = await objectsBelow(`default/jobs/${id}/versions/1/`);
  expect(versions.length).toBeGreaterThan(5);
}, 240_000);
