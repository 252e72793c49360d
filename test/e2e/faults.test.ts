import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minutesOf } from '../support/minutes-of.ts';
import { sampleRecording } from '../support/sample-recording.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

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
const summarizer = `
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 8192, concurrency: 2 }`;
const painter = (model: string) => `
    - { name: painter, contract: hf-task, model: ${model}, concurrency: 1 }`;
const judge = (model: string) => `
    - { name: judge, contract: hf-task, model: ${model}, concurrency: 1 }`;

let place: Surroundings;
/** Three chunks of speech. */
let recording: string;
/** A meeting of which nothing has to be transcribed. */
let talk: string;
beforeAll(async () => {
  const undo = new AsyncDisposableStack();
  place = undo.use(await createSurroundings({ inference: ['--faults', '--scripted-transcriber'] }));
  recording = undo.use(await sampleRecording(75)).path;
  talk = join(dirname(recording), 'talk.txt');
  await writeFile(talk, 'Ann: We decided to hire a painter.\nBob: Who will book the hall?\n');
  return () => undo.disposeAsync();
}, 120_000);

/** Until the tests of a group end, one worker with these contents of `hansard.yaml` does the work. */
async function startWorkerWith(configuration: string): Promise<() => Promise<void>> {
  const path = join(dirname(recording), `${randomUUID()}.yaml`);
  await writeFile(path, configuration);
  const worker = await place.startWorker({ HANSARD_CONFIG: path, HF_TOKEN: TOKEN });
  return worker.kill;
}
const TOKEN = 'a-token-of-this-test';

// Jobs are paid for again where they could take another test's answers.
describe('a provider', () => {
  beforeAll(
    () =>
      startWorkerWith(`roles:
  transcribe:${transcriber('whisper-base', 'openai/whisper-base')}
  summarize:${summarizer}
  illustrate:${painter('nobody/none')}
  moderate:${judge('hansard/nsfwjs-mobilenet-v2-mid')}
`),
    120_000,
  );
  afterAll(() => place.setFaults([]));

  test('that has a bad moment is asked again after the time that it asked for, by its body, in seconds and as a date', async () => {
    await place.setFaults([
      {
        role: 'transcribe',
        nth: 1,
        status: 503,
        body: { error: 'Model openai/whisper-base is currently loading', estimated_time: 1 },
      },
      { role: 'transcribe', nth: 2, status: 429, headers: { 'retry-after': '2' }, body: {} },
      { role: 'transcribe', nth: 3, status: 429, headers: { 'retry-after': '{date+4}' }, body: {} },
    ]);
    const { id, code } = await run(place, recording, '--no-image', '--force');
    expect(code).toBe(0);
    // Two were on their way together; then the gate let one probe through at a time, and the others asked nothing.
    const { requests, billed } = await place.stats();
    expect((requests['transcribe'] ?? 0) - (billed['transcribe'] ?? 0)).toBe(3);
    const bounds: Record<string, readonly [number, number]> = {
      ModelLoading: [1, 1 * 1.2],
      // A date has whole seconds: up to one of them has passed when it is read.
      RateLimited: [2, 4 * 1.2],
      TargetClosed: [0, 4 * 1.2],
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

  test('that has no model for pictures leaves minutes without a picture, labelled', async () => {
    const { id, code } = await run(place, talk, '--force');
    expect(code).toBe(0);
    const minutes = await minutesOf(place, id);
    expect(minutes.image).toBeNull();
    expect(minutes.degradations).toEqual([
      expect.objectContaining({ stage: 'illustrate', role: 'illustrate', level: 'missing' }),
    ]);
  }, 120_000);

  test('that refuses the token fails the job at the first call, and the message names HF_TOKEN', async () => {
    const { requests: before } = await place.stats();
    await place.setFaults([
      { role: 'transcribe', nth: 'every', status: 401, body: { error: 'Invalid credentials' } },
    ]);
    const { id, code } = await run(place, recording, '--force');
    expect(code).toBe(1);
    const { stderr, stdout } = await place.hansard('watch', id);
    expect(stderr + stdout).toContain('HF_TOKEN');
    expect(stderr + stdout).not.toContain(TOKEN);
    // No chunk is asked for twice.
    const { requests } = await place.stats();
    expect((requests['transcribe'] ?? 0) - (before['transcribe'] ?? 0)).toBeLessThanOrEqual(3);
    expect(requests['summarize']).toBe(before['summarize']);
  }, 120_000);
});

describe('targets that are dead', () => {
  beforeAll(
    () =>
      startWorkerWith(`roles:
  transcribe:${transcriber('gone', 'openai/whisper-gone')}${transcriber('whisper-base', 'openai/whisper-base')}
  summarize:
    - { name: no-summary, contract: hf-chat, model: nobody/none, contextTokens: 8192, concurrency: 2 }
  illustrate:${painter('hansard/procedural-v1')}
  moderate:${judge('nobody/none')}
`),
    120_000,
  );

  test('first of transcribe: the next one takes over once, and the minutes say so', async () => {
    const ofTranscribe = async (id: string) => {
      const minutes = await minutesOf(place, id);
      const degradations = minutes.degradations.filter(({ role }) => role === 'transcribe');
      return { ...minutes, degradations };
    };
    const { id, code } = await run(place, recording, '--no-image');
    expect(code).toBe(0);
    const minutes = await ofTranscribe(id);
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
    expect((await ofTranscribe(again.id)).degradations).toEqual([
      expect.objectContaining({ level: 'earlier', target: 'whisper-base', reason: 'stored' }),
    ]);
  }, 240_000);

  test('last of summarize, illustrate and moderate: extractive, no picture or held, each labelled', async () => {
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
});
