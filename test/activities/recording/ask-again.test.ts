import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { scratchPrefix, transcriptKey } from '../../../adapters/object-store/keys.ts';
import { statedDuration } from '../../../local/inference-server/models/audio-duration.ts';
import { transcriptSchema } from '../../../workflows/contracts/transcript.ts';
import { ffmpeg, SAMPLE } from '../../adapters/media/with-folder.ts';
import { attempt, openBench } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
let recording: Uint8Array;
beforeAll(async () => {
  bench = await openBench();
  recording = await ffmpeg('-i', SAMPLE, '-t', '24', '-f', 'flac', '-');
});
afterAll(() => bench.close());

interface Heard {
  readonly seconds: number | null;
  readonly language: string | null;
}

/** The audio and the language of a request, as hf-inference takes them. */
function heardIn(body: Buffer): Heard {
  const { inputs, parameters } = JSON.parse(body.toString('utf8')) as {
    inputs: string;
    parameters: { generation_parameters?: { language: string } };
  };
  return {
    seconds: statedDuration(Buffer.from(inputs, 'base64')),
    language: parameters.generation_parameters?.language ?? null,
  };
}

const said = (text: string, ...timestamp: [start: number, end: number]) => ({
  status: 200,
  body: { text, chunks: [{ text, timestamp }] },
});

test('voice without words is sent on its own in any language, once, and later stages read its answer', async () => {
  const heard: Heard[] = [];
  bench.provider.answer = async ({ body }) => {
    const one = heardIn(body);
    heard.push(one);
    return await Promise.resolve(
      (one.seconds ?? 0) > 20 ? said('Good morning.', 0, 4.4) : said('Wir fangen jetzt an.', 1, 15),
    );
  };
  const { tenant, jobId } = await bench.newJob(recording);
  const job = { tenant, jobId };
  const activities = createActivities(bench.deps);
  const { planKey, chunks } = await attempt(() =>
    activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }),
  );
  const window = { ...job, planKey, from: 0, to: chunks };
  const call = { ...window, target: bench.recorded.transcribe, last: true, index: 0 };
  const first = await attempt(() => activities.transcribeChunk(call));
  const [doubt, ...others] = first.doubts ?? [];
  expect(others).toEqual([]);
  expect(doubt).toMatchObject({ index: 0 });
  expect(doubt?.start).toBeCloseTo(4.6, 0);
  expect(doubt?.end).toBeCloseTo(24, 0);
  if (doubt === undefined) return;

  // A worker that ends here, and a job that is retried, ask again for the stretch alone.
  expect(await attempt(() => activities.lookUpChunks(window))).toMatchObject({
    pending: [],
    held: 1,
    doubts: [doubt],
  });
  for (const key of await bench.keysBelow(scratchPrefix(tenant, jobId))) {
    await bench.deps.store.delete(key);
  }
  const { stretch } = doubt;
  const again = { ...call, stretch };
  await expect(attempt(() => activities.transcribeChunk(again))).rejects.toMatchObject({
    type: 'BadRequest',
    nonRetryable: true,
  });
  await attempt(() => activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }));
  expect(await attempt(() => activities.transcribeChunk(again))).toEqual({
    target: 'whisper',
    reused: false,
  });
  expect(await attempt(() => activities.transcribeChunk(again))).toMatchObject({ reused: true });
  const length = (stretch.endSample - stretch.startSample) / 16_000;
  expect(heard).toEqual([
    { seconds: 24, language: 'en' },
    { seconds: length, language: null },
  ]);
  expect((await bench.deps.ledger.countByState(tenant, jobId)).accepted).toBe(2);
  expect(await attempt(() => activities.lookUpChunks(window))).toMatchObject({ doubts: [] });

  expect(await attempt(() => activities.closeWindow({ ...window, failures: [] }))).toEqual({
    transcribed: 1,
    failed: 0,
  });
  const facts = await attempt(() => activities.assembleTranscript({ ...job, planKey, windows: 1 }));
  // The second answer ends after 15 of its 19 seconds.
  expect(facts).toMatchObject({ segments: 2, gaps: 0 });
  const { segments } = await bench.deps.store.getJson(
    transcriptKey(tenant, jobId),
    transcriptSchema,
  );
  expect(segments.map(({ text, language }) => [text, language])).toEqual([
    ['Good morning.', 'en'],
    ['Wir fangen jetzt an.', 'de'],
  ]);
  expect(segments[1]?.start).toBeCloseTo((doubt.start ?? 0) + 1, 2);
});

test('voice that stays without words is a gap of its chunk, and the job goes on without its second answer', async () => {
  bench.provider.answer = async () => await Promise.resolve(said('Good morning.', 0, 4.4));
  const { tenant, jobId } = await bench.newJob(recording, { forceNonce: 'again' });
  const job = { tenant, jobId };
  const activities = createActivities(bench.deps);
  const { planKey, chunks } = await attempt(() =>
    activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }),
  );
  const window = { ...job, planKey, from: 0, to: chunks };
  await attempt(() =>
    activities.transcribeChunk({
      ...window,
      target: bench.recorded.transcribe,
      last: true,
      index: 0,
    }),
  );
  await attempt(() => activities.closeWindow({ ...window, failures: [] }));
  expect(
    await attempt(() => activities.assembleTranscript({ ...job, planKey, windows: 1 })),
  ).toMatchObject({ segments: 1, gaps: 1 });
});
