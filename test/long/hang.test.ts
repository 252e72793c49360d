import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { jobHistory } from '../support/job-history.ts';
import { minutesOf } from '../support/minutes-of.ts';
import { storedJob } from '../support/stored-job.ts';
import { createSurroundings, SAMPLE, type Surroundings } from '../support/surroundings.ts';

/** Failures that take minutes, because our own deadlines and backoff must run out. */

const LIMIT_SECONDS = 28;

async function run(place: Surroundings, ...words: string[]): Promise<string> {
  await place.startWorker();
  const submitted = await place.succeed('submit', ...words, '--json');
  const { id } = JSON.parse(submitted) as { id: string };
  await place.succeed('watch', id);
  return id;
}

test('a transcription that is never answered is given up by our own deadline, and asked again', async () => {
  await using place = await createSurroundings({
    inference: ['--faults', '--scripted-transcriber'],
  });
  await place.setFaults([{ role: 'transcribe', nth: 2, hang: true }]);
  const begun = Date.now();
  const id = await run(place, SAMPLE, '--no-image');
  // Three minutes of the policy, less the 15 s by which our failure comes before Temporal's.
  expect(Date.now() - begun).toBeGreaterThan(165_000);

  const { lastFailures } = await jobHistory(place, id);
  expect(lastFailures).toEqual([{ type: 'Transient', attempts: 2 }]);
  const { minutes, outcomes } = await storedJob(place, id, LIMIT_SECONDS);
  expect(minutes).toMatchObject({ status: 'complete', degradations: [], cost: { inDoubt: 1 } });
  expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
});

test('a verdict on a picture that never comes is given up by our own deadline, and asked for again', async () => {
  await using place = await createSurroundings({
    inference: ['--faults', '--scripted-transcriber'],
  });
  await place.setFaults([{ role: 'moderate', nth: 1, hang: true }]);
  const folder = await mkdtemp(join(tmpdir(), 'hansard-hang-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const talk = join(folder, 'talk.txt');
  await writeFile(talk, 'Ann: We decided to hire a painter.\nBob: Who will book the hall?\n');
  const id = await run(place, talk);

  const { lastFailures } = await jobHistory(place, id);
  expect(lastFailures).toEqual([{ type: 'Transient', attempts: 2 }]);
  const minutes = await minutesOf(place, id);
  expect(minutes.image?.verdict).toBe('safe');
  // Nobody knows whether the call that hung was billed.
  expect(minutes.cost.inDoubt).toBe(1);
});

test('a first target that refuses connections is given up by its gate; the next one takes over, labelled', async () => {
  await using place = await createSurroundings({
    inference: ['--faults', '--scripted-transcriber'],
    // Port 9 (discard) is closed wherever nobody opened it.
    configuration: `roles:
  transcribe:
    - { name: gone, contract: openai, url: "http://127.0.0.1:9", model: whisper-gone, audioSeconds: ${LIMIT_SECONDS}, concurrency: 1 }
    - { name: whisper-base, contract: hf-task, model: openai/whisper-base, audioSeconds: ${LIMIT_SECONDS}, concurrency: 2 }
  summarize:
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 8192, concurrency: 2 }
`,
  });
  const id = await run(place, SAMPLE, '--no-image');

  const { minutes } = await storedJob(place, id, LIMIT_SECONDS);
  expect(minutes.status).toBe('complete');
  expect(minutes.engines.transcribe.map(({ target }) => target)).toEqual(['whisper-base']);
  expect(minutes.degradations).toEqual([
    expect.objectContaining({
      role: 'transcribe',
      level: 'fallback',
      target: 'whisper-base',
      reason: 'gone: TargetExhausted',
    }),
  ]);
  // A connection that was refused cannot have been billed.
  expect(minutes.cost.inDoubt).toBe(0);
  const { lastFailures } = await jobHistory(place, id);
  // Five tries close the gate, three probes find it no better; no item asks on for itself.
  const types = new Set(lastFailures.map(({ type }) => type));
  expect([...types].toSorted()).toEqual(['TargetClosed', 'Transient']);
});
