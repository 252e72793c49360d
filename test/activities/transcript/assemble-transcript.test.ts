import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { transcriptKey } from '../../../adapters/object-store/keys.ts';
import { transcriptSchema } from '../../../workflows/contracts/transcript.ts';
import { ffmpeg, SAMPLE } from '../../adapters/media/with-folder.ts';
import { attempt, openBench, type ProviderAnswer } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
let recording: Uint8Array;
beforeAll(async () => {
  bench = await openBench();
  recording = await ffmpeg('-i', SAMPLE, '-t', '24', '-f', 'flac', '-');
});
afterAll(() => bench.close());

/** A short recording up to its transcript: the first chunks have these answers, the others failed. */
async function assemble(language: string | null, ...bodies: readonly unknown[]) {
  const { tenant, jobId } = await bench.newJob(recording, {
    options: { date: null, language, attendees: [], template: 'standard', image: false },
    forceNonce: JSON.stringify(bodies),
  });
  const job = { tenant, jobId };
  const activities = createActivities(bench.deps);
  const prepared = await attempt(() =>
    activities.prepareRecording({ ...job, chunkLimitSeconds: 10 }),
  );
  const window = { ...job, ...prepared, from: 0, to: prepared.chunks };
  const { pending } = await attempt(() => activities.lookUpChunks(window));
  const answered = pending.slice(0, bodies.length).map(({ index }) => index);
  const others = pending.slice(bodies.length).map(({ index }) => index);
  const target = bench.recorded.transcribe;
  for (const [place, index] of answered.entries()) {
    const body = bodies[place];
    bench.provider.answer = (): Promise<ProviderAnswer> => Promise.resolve({ status: 200, body });
    await attempt(() => activities.transcribeChunk({ ...window, target, last: true, index }));
  }
  const failures = others.map((index) => ({ index, reason: 'BadRequest' }));
  await attempt(() => activities.closeWindow({ ...window, failures }));
  const facts = attempt(() =>
    activities.assembleTranscript({ ...job, planKey: prepared.planKey, windows: 1 }),
  );
  return { job, facts, failed: others.length };
}

test('what was answered is the transcript, what failed or has a voice and no words is counted as a gap', async () => {
  const { job, facts, failed } = await assemble('en', {
    text: 'The budget stands.',
    chunks: [{ text: ' The budget stands.', timestamp: [0, 2] }],
  });
  expect(failed).toBeGreaterThan(0);
  expect(await facts).toEqual({ language: 'en', segments: 1, characters: 18, gaps: failed + 1 });
  const transcript = await bench.deps.store.getJson(
    transcriptKey(job.tenant, job.jobId),
    transcriptSchema,
  );
  expect(transcript.segments.map(({ id, text }) => [id, text])).toEqual([
    ['s1', 'The budget stands.'],
  ]);
});

test('short answers that leave the language open one by one, tell it together', async () => {
  const texts = ['Ja, genau.', 'Machen wir das.'];
  const { job, facts } = await assemble(
    null,
    ...texts.map((text) => ({ text, chunks: [{ text, timestamp: [0, 2] }] })),
  );
  expect((await facts).language).toBe('de');
  const { language, segments } = await bench.deps.store.getJson(
    transcriptKey(job.tenant, job.jobId),
    transcriptSchema,
  );
  expect(language).toBe('de');
  expect(segments.map((segment) => segment.language)).toEqual([null, null]);
});

test('speech without any understood word fails with NoSpeech and is not retried', async () => {
  const { facts } = await assemble('en', { text: '', chunks: [] });
  await expect(facts).rejects.toMatchObject({ type: 'NoSpeech', nonRetryable: true });
});
