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

/** A short recording up to its transcript: the first chunk has this answer, the others failed. */
async function assemble(body: unknown) {
  bench.provider.answer = (): Promise<ProviderAnswer> => Promise.resolve({ status: 200, body });
  const { tenant, jobId } = await bench.newJob(recording, { forceNonce: JSON.stringify(body) });
  const job = { tenant, jobId };
  const activities = createActivities(bench.deps);
  const prepared = await attempt(() =>
    activities.prepareRecording({ ...job, chunkLimitSeconds: 10 }),
  );
  const window = { ...job, ...prepared, from: 0, to: prepared.chunks };
  const { pending } = await attempt(() => activities.lookUpChunks(window));
  const [first, ...others] = pending.map(({ index }) => index);
  const target = bench.recorded.transcribe;
  await attempt(() =>
    activities.transcribeChunk({ ...window, target, last: true, index: first ?? -1 }),
  );
  const failures = others.map((index) => ({ index, reason: 'BadRequest' }));
  await attempt(() => activities.closeWindow({ ...window, failures }));
  const facts = attempt(() =>
    activities.assembleTranscript({ ...job, planKey: prepared.planKey, windows: 1 }),
  );
  return { job, facts, failed: others.length };
}

test('what was answered is the transcript, what failed or has a voice and no words is counted as a gap', async () => {
  const { job, facts, failed } = await assemble({
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

test('speech without any understood word fails with NoSpeech and is not retried', async () => {
  const { facts } = await assemble({ text: '', chunks: [] });
  await expect(facts).rejects.toMatchObject({ type: 'NoSpeech', nonRetryable: true });
});
