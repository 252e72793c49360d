import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { PROGRESS_QUERY } from '../../workflows/contracts/names.ts';
import { expectWhole } from '../support/expect-whole.ts';
import { jobHistory, type JobHistory } from '../support/job-history.ts';
import { runsOf } from '../support/runs-of.ts';
import { storedJob } from '../support/stored-job.ts';
import { createSurroundings, SAMPLE, type Surroundings } from '../support/surroundings.ts';
import { median, watchMemory, type MemoryWatch } from './memory-watch.ts';

/** Of the local stack's `hansard.yaml`. */
const LIMIT_SECONDS = 28;
const HOURS = Number(process.env['HANSARD_LONG_HOURS'] ?? 10);

/** What is on its way when a job is cancelled is asked for again. */
const IN_FLIGHT = 24;

test(`${HOURS} hours are transcribed over several runs, cancelled and retried on the way`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-ten-hours-'));
  await using place = await createSurroundings({
    inference: ['--scripted-transcriber', '--latency-ms', '100'],
  });
  try {
    const path = join(folder, 'long.mp3');
    await writeLongRecording(path);
    const worker = await place.startWorker();
    using memory = watchMemory(worker.pid, 'prepare');
    const begun = Date.now();
    const submitted = await place.succeed('submit', path, '--no-image', '--json');
    const { id } = JSON.parse(submitted) as { id: string };
    const workflowId = `minutes/default/${id}`;

    // Cancelled in its second run: the command and whoever watches follow from run to run.
    const watching = place.hansard('watch', id, '--json');
    await follow(
      place,
      id,
      memory,
      async () => (await runsOf(place.client, workflowId)).length > 1,
    );
    await place.succeed('cancel', id);
    await watching;
    const ended: unknown = JSON.parse(await place.succeed('status', id, '--json'));
    expect(ended).toMatchObject({ status: 'cancelled' });
    const cancelled = await jobHistory(place, id);
    expect(cancelled.runs.map(({ status }) => status)).toEqual(['CONTINUED_AS_NEW', 'CANCELLED']);

    await place.succeed('retry', id);
    await follow(place, id, memory, () => Promise.resolve(false));
    const elapsedSeconds = (Date.now() - begun) / 1000;
    const history = await jobHistory(place, id);
    const job = await storedJob(place, id, LIMIT_SECONDS);
    const speech = job.plan.chunks.filter(({ speech: isSent }) => isSent).length;
    report({ cancelled, history }, memory, [
      `job: ${elapsedSeconds.toFixed(0)} s from submit to minutes, cancelled and retried on the way`,
      `plan: ${job.plan.chunks.length} chunks, ${speech} with speech, ${job.windows} windows`,
      `text: ${job.transcript.segments.length} segments, ${job.minutes.coverage.sections} sections`,
    ]);

    expectWhole(job);
    expect(job.plan.samples / 16_000 / 3600).toBeCloseTo(HOURS, 2);
    expect(history.runs.length).toBeGreaterThanOrEqual(3);
    expect(history.runs[0]?.runId).not.toBe(cancelled.runs[0]?.runId);
    for (const { events, sizeInBytes } of [...cancelled.runs, ...history.runs]) {
      expect(events).toBeLessThan(10_000);
      expect(sizeInBytes).toBeLessThan(5_000_000);
    }
    // The first two windows were answered before the job was cancelled.
    expect(history.activities['transcribeChunk']).toBeLessThan(speech - 300);
    const { billed } = await place.stats();
    expect(billed['transcribe']).toBeGreaterThanOrEqual(speech);
    expect(billed['transcribe']).toBeLessThanOrEqual(speech + IN_FLIGHT);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 7_200_000);

/** The sample again and again, at 24 kbit a second: an hour is encoded once, and MP3s follow one another in a file. */
async function writeLongRecording(path: string): Promise<void> {
  const hour = `${path}.hour.mp3`;
  const options = ['-ac', '1', '-ar', '16000', '-c:a', 'libmp3lame', '-b:a', '24k'];
  const input = ['-nostdin', '-v', 'error', '-stream_loop', '-1', '-i', SAMPLE, '-t', '3600'];
  execFileSync('ffmpeg', [...input, ...options, '-write_xing', '0', hour]);
  const bytes = await readFile(hour);
  await writeFile(path, Buffer.concat(Array.from({ length: HOURS }, () => bytes)));
}

/** Follows the job to its end, or until `isEnough`; what is done never becomes less. */
async function follow(
  place: Surroundings,
  id: string,
  memory: MemoryWatch,
  isEnough: () => Promise<boolean>,
): Promise<void> {
  const handle = place.client.workflow.getHandle(`minutes/default/${id}`);
  const ended = handle.result().then(() => true);
  let done = 0;
  for (;;) {
    const { stage, chunks } = await handle.query<Progress>(PROGRESS_QUERY);
    memory.label(stage);
    expect(chunks.done).toBeGreaterThanOrEqual(done);
    done = chunks.done;
    if (await isEnough()) {
      ended.catch(() => undefined); // it is going to be cancelled
      return;
    }
    if (await Promise.race([ended, sleep(1_000, false)])) return;
  }
}

function report(
  histories: { readonly cancelled: JobHistory; readonly history: JobHistory },
  memory: MemoryWatch,
  facts: readonly string[],
): void {
  const ofRuns = ({ runs }: JobHistory) =>
    runs.map(({ events, sizeInBytes }) => `${events} events, ${sizeInBytes} bytes`).join('; ');
  console.log(
    [
      ...facts,
      `cancelled runs: ${ofRuns(histories.cancelled)}`,
      `runs: ${ofRuns(histories.history)}`,
      JSON.stringify(histories.history.activities),
      ...[...memory.samples].map(
        ([stage, sizes]) =>
          `worker in ${stage}: ${sizes.length} s, median ${median(sizes).toFixed(0)} MiB, most ${Math.max(...sizes).toFixed(0)} MiB`,
      ),
    ].join('\n'),
  );
}
