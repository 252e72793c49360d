import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { minutesOf } from '../support/minutes-of.ts';
import { sampleRecording } from '../support/sample-recording.ts';
import {
  createSurroundings,
  type Surroundings,
  type WorkerProcess,
} from '../support/surroundings.ts';

/** What a provider can do to a job, done on purpose. The transcriber is scripted, so that a job takes seconds. */

async function run(
  place: Surroundings,
  ...words: string[]
): Promise<{ id: string; code: number | null }> {
  const { stdout, code } = await place.hansard('submit', ...words, '--json', '--watch');
  const [submitted = ''] = stdout.split('\n');
  const { id } = JSON.parse(submitted) as { id: string };
  return { id, code };
}

/** Type and delay (seconds) of the last failure before the attempt that succeeded, by the row's activity. */
async function lastFailures(place: Surroundings, id: string) {
  const { events } = await place.client.workflow.getHandle(`minutes/default/${id}`).fetchHistory();
  return (events ?? []).flatMap((event) => {
    const info = event.activityTaskStartedEventAttributes?.lastFailure?.applicationFailureInfo;
    if (!info) return [];
    const delay = info.nextRetryDelay;
    return [
      {
        type: info.type ?? '',
        seconds: delay ? Number(delay.seconds ?? 0) + (delay.nanos ?? 0) / 1e9 : null,
      },
    ];
  });
}

const transcriber = (name: string, model: string) => `
    - { name: ${name}, contract: hf-task, model: ${model}, audioSeconds: 28, concurrency: 2 }`;
const rest = `
  summarize:
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 8192, concurrency: 2 }
  illustrate:
    - { name: procedural-v1, contract: hf-task, model: hansard/procedural-v1, concurrency: 1 }
  moderate:
    - { name: nsfwjs, contract: hf-task, model: hansard/nsfwjs-mobilenet-v2-mid, concurrency: 1 }
`;

let place: Surroundings;
/** Four chunks of speech. */
let recording: string;
/** A meeting of which nothing has to be transcribed. */
let talk: string;
beforeAll(async () => {
  const undo = new AsyncDisposableStack();
  place = undo.use(await createSurroundings({ inference: ['--faults', '--scripted-transcriber'] }));
  recording = undo.use(await sampleRecording(90)).path;
  talk = join(dirname(recording), 'talk.txt');
  await writeFile(talk, 'Ann: We decided to hire a painter.\nBob: Who will book the hall?\n');
  return () => undo.disposeAsync();
}, 120_000);

describe.concurrent('a provider that has a bad moment', () => {
  let worker: WorkerProcess;
  beforeAll(async () => {
    worker = await place.startWorker();
    await place.setFaults([
      {
        role: 'transcribe',
        nth: 1,
        status: 503,
        body: { error: 'Model openai/whisper-base is currently loading', estimated_time: 3 },
      },
      { role: 'transcribe', nth: 2, status: 429, headers: { 'retry-after': '4' }, body: {} },
      { role: 'transcribe', nth: 3, status: 429, headers: { 'retry-after': '{date+6}' }, body: {} },
      { role: 'moderate', nth: 1, hang: true },
    ]);
  }, 120_000);
  afterAll(async () => {
    await worker.kill();
    await place.setFaults([]);
  });

  test('is asked again after the time that it asked for, by its body, in seconds and as a date', async () => {
    const { id, code } = await run(place, recording, '--no-image', '--force');
    expect(code).toBe(0);
    // Two were on their way together; then the gate let one probe through at a time, and the others asked nothing.
    const { requests, billed } = await place.stats();
    expect((requests['transcribe'] ?? 0) - (billed['transcribe'] ?? 0)).toBe(3);
    const bounds: Record<string, readonly [number, number]> = {
      ModelLoading: [3, 3 * 1.2],
      // A date has whole seconds: up to one of them has passed when it is read.
      RateLimited: [4, 6 * 1.2],
      TargetClosed: [0, 6 * 1.2],
    };
    const failures = await lastFailures(place, id);
    expect(failures.length).toBeGreaterThan(0);
    for (const { type, seconds } of failures) {
      const [least, most] = bounds[type] ?? [Infinity, 0];
      const asAsked = seconds !== null && seconds >= least && seconds <= most;
      expect({ type, seconds, asAsked }).toMatchObject({ asAsked: true });
    }
    expect((await minutesOf(place, id)).degradations).toEqual([]);
  }, 120_000);

  test('and never answers is given up by our own deadline, shows as Transient, and the job completes', async () => {
    const { id, code } = await run(place, talk);
    expect(code).toBe(0);
    expect((await lastFailures(place, id)).map(({ type }) => type)).toEqual(['Transient']);
    const minutes = await minutesOf(place, id);
    expect(minutes.image?.verdict).toBe('safe');
    // Nobody knows whether the call that hung was billed.
    expect(minutes.cost.inDoubt).toBe(1);
  }, 180_000);
});

/** Until the test ends, one worker with these contents of `hansard.yaml` does the work. */
async function startWorkerWith(configuration: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hansard-faults-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'hansard.yaml');
  await writeFile(path, configuration);
  const worker = await place.startWorker({ HANSARD_CONFIG: path });
  onTestFinished(() => worker.kill());
}

// Jobs of the tests above and below are paid for again, so that none takes another one's answers.
describe('targets that are dead', () => {
  test('first of transcribe: the next one takes over once, and the minutes say so', async () => {
    await startWorkerWith(
      `roles:\n  transcribe:${transcriber('gone', 'openai/whisper-gone')}${transcriber('whisper-base', 'openai/whisper-base')}${rest}`,
    );
    const { id, code } = await run(place, recording, '--no-image');
    expect(code).toBe(0);
    const minutes = await minutesOf(place, id);
    expect(minutes.status).toBe('complete');
    expect(minutes.engines.transcribe.map(({ target }) => target)).toEqual(['whisper-base']);
    expect(minutes.degradations).toEqual([
      expect.objectContaining({
        stage: 'transcribe',
        role: 'transcribe',
        level: 'fallback',
        target: 'whisper-base',
        reason: 'gone: ModelNotFound',
      }),
    ]);
    expect(minutes.degradations[0]?.spans.length).toBeGreaterThan(0);

    // The answers are the next job's, too, and it says whose they are.
    const again = await run(place, recording, '--no-image', '--date', '2026-03-02');
    expect((await minutesOf(place, again.id)).degradations).toEqual([
      expect.objectContaining({ level: 'earlier', target: 'whisper-base', reason: 'stored' }),
    ]);
  }, 240_000);

  test('last of summarize, illustrate and moderate: extractive, no picture or held, each labelled', async () => {
    await startWorkerWith(`roles:
  transcribe:${transcriber('whisper-base', 'openai/whisper-base')}
  summarize:
    - { name: no-summary, contract: hf-chat, model: nobody/none, contextTokens: 8192, concurrency: 2 }
  illustrate:
    - { name: procedural-v1, contract: hf-task, model: hansard/procedural-v1, concurrency: 1 }
  moderate:
    - { name: no-judge, contract: hf-task, model: nobody/none, concurrency: 1 }
`);
    const { id, code } = await run(place, talk, '--force');
    expect(code).toBe(0);
    const minutes = await minutesOf(place, id);
    expect(minutes.status).toBe('complete');
    expect(minutes.engines.summarize[0]?.label).toContain('extractive-v1');
    expect(minutes.image).toMatchObject({ key: null, verdict: 'held', score: null });
    expect(
      minutes.degradations.map(({ stage, role, level, target }) => ({
        stage,
        role,
        level,
        target,
      })),
    ).toEqual([
      { stage: 'summarize', role: 'summarize', level: 'simplified', target: null },
      { stage: 'illustrate', role: 'moderate', level: 'simplified', target: null },
    ]);
  }, 120_000);

  test('the only one of illustrate: minutes without a picture, labelled', async () => {
    await startWorkerWith(
      `roles:\n  transcribe:${transcriber('whisper-base', 'openai/whisper-base')}${rest.replace('hansard/procedural-v1', 'nobody/none')}`,
    );
    const { id, code } = await run(place, talk, '--force');
    expect(code).toBe(0);
    const minutes = await minutesOf(place, id);
    expect(minutes.image).toBeNull();
    expect(minutes.degradations).toEqual([
      expect.objectContaining({ stage: 'illustrate', role: 'illustrate', level: 'missing' }),
    ]);
  }, 120_000);

  test('a refused token fails the job at the first call, and the message names HF_TOKEN', async () => {
    await using guarded = await createSurroundings({
      inference: ['--require-token', 'right', '--scripted-transcriber'],
    });
    await guarded.startWorker({ HF_TOKEN: 'wrong' });
    const { id, code } = await run(guarded, recording);
    expect(code).toBe(1);
    const { stderr, stdout } = await guarded.hansard('watch', id);
    expect(stderr + stdout).toContain('HF_TOKEN');
    expect(stderr + stdout).not.toContain('wrong');
  }, 120_000);
});
