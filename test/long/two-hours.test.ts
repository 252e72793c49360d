import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Progress } from '../../workflows/contracts/jobs.ts';
import { PROGRESS_QUERY } from '../../workflows/contracts/names.ts';
import { expectWhole } from '../support/expect-whole.ts';
import { jobHistory } from '../support/job-history.ts';
import { storedJob } from '../support/stored-job.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';
import { writeRecording } from '../support/write-recording.ts';
import { quantile } from '../../bench/quantile.ts';
import { watchHealth, type HealthWatch } from './health-watch.ts';
import { median, watchMemory, type MemoryWatch } from './memory-watch.ts';
import { speakSentences } from './speak-sentences.ts';

/** Of the local stack's `hansard.yaml`. */
const LIMIT_SECONDS = 28;

/**
 * Measured: 290 MiB when the worker is ready, 380 while it transcribes, 540 at the end. Two hours of samples held at once,
 * as floats, would add 440.
 */
const MAX_MEBIBYTES = 900;

test('two hours are tiled, transcribed and summarised whole, in flat memory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-two-hours-'));
  await using place = await createSurroundings({
    // A tenth of a second a chunk: long enough to watch the memory for a minute.
    inference: ['--scripted-transcriber', '--latency-ms', '100'],
  });
  try {
    const path = join(folder, 'two-hours.flac');
    const pieces = await speakSentences(150, 'two hours');
    await writeRecording({ path, seconds: 7_200, pieces, seed: 'two hours' });
    const worker = await place.startWorker();
    const begun = Date.now();
    const { id } = JSON.parse(await place.succeed('submit', path, '--json')) as { id: string };
    using memory = watchMemory(worker.pid, 'prepare');
    using health = watchHealth(healthUrlIn(worker.log()));
    await follow(place, id, { memory, health });
    const elapsedSeconds = (Date.now() - begun) / 1000;

    const job = await storedJob(place, id, LIMIT_SECONDS);
    const history = await jobHistory(place, id);
    report(job, history, { memory, health }, elapsedSeconds);

    expectWhole(job);
    expect(job.plan.samples).toBe(7_200 * 16_000);
    expect(job.windows).toBe(2);
    expect(job.minutes.coverage.silenceSeconds).toBeGreaterThan(60);
    expect(job.minutes.coverage.sections).toBeGreaterThan(1);
    expect(history.activities['reduceSummaries']).toBeGreaterThan(0);
    expect(history.activities['transcribeChunk']).toBe(
      job.plan.chunks.filter(({ speech }) => speech).length,
    );

    expect(health.milliseconds.length).toBeGreaterThan(100);
    const all = [...memory.samples.values()].flat();
    expect(Math.max(...all)).toBeLessThan(MAX_MEBIBYTES);
    const transcribing = memory.samples.get('transcribe') ?? [];
    expect(transcribing.length).toBeGreaterThan(20);
    const quarter = Math.floor(transcribing.length / 4);
    const second = median(transcribing.slice(quarter, 2 * quarter));
    // The first quarter still shrinks or grows by what preparing held; a leak shows in the last against the second.
    expect(median(transcribing.slice(-quarter))).toBeLessThan(second * 1.3);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** The worker logs where it answers about its health. */
function healthUrlIn(log: string): string {
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0];
  if (url === undefined) throw new Error('the worker has not said where its health is');
  return url;
}

interface Watches {
  readonly memory: MemoryWatch;
  readonly health: HealthWatch;
}

async function follow(place: Surroundings, id: string, { memory, health }: Watches): Promise<void> {
  const handle = place.client.workflow.getHandle(`minutes/default/${id}`);
  const ended = handle.result().then(() => true);
  for (;;) {
    const { stage } = await handle.query<Progress>(PROGRESS_QUERY);
    memory.label(stage);
    // The question is what preparing holds up; asking costs the worker memory, which is measured from then on.
    if (stage !== 'prepare') health.stop();
    if (await Promise.race([ended, sleep(500, false)])) return;
  }
}

function report(
  { plan, windows, minutes, transcript }: Awaited<ReturnType<typeof storedJob>>,
  { runs, activities }: Awaited<ReturnType<typeof jobHistory>>,
  { memory, health }: Watches,
  elapsedSeconds: number,
): void {
  const spoken = plan.chunks.filter(({ speech }) => speech).length;
  console.log(
    [
      `job: ${elapsedSeconds.toFixed(0)} s from submit to minutes`,
      `plan: ${plan.chunks.length} chunks, ${spoken} with speech, ${windows} windows`,
      `text: ${transcript.segments.length} segments, ${minutes.coverage.transcriptCharacters} characters, ${minutes.coverage.sections} sections`,
      `runs: ${runs.map(({ events, sizeInBytes }) => `${events} events, ${sizeInBytes} bytes`).join('; ')}; ${JSON.stringify(activities)}`,
      ...[...memory.samples].map(
        ([stage, sizes]) =>
          `worker in ${stage}: ${sizes.length} s, median ${median(sizes).toFixed(0)} MiB, most ${Math.max(...sizes).toFixed(0)} MiB`,
      ),
      `/healthz in prepare: asked ${health.milliseconds.length} times, median ${median(health.milliseconds).toFixed(1)} ms, p99 ${quantile(health.milliseconds, 0.99).toFixed(1)} ms, longest ${Math.max(...health.milliseconds).toFixed(0)} ms`,
      `worker's memory: ${[...memory.samples.values()]
        .flat()
        .map((size) => size.toFixed(0))
        .join(' ')}`,
    ].join('\n'),
  );
}
