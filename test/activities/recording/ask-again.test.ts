import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { readPlan } from '../../../activities/recording/read-plan.ts';
import { earlierDoubtsOf } from '../../../activities/transcript/earlier-doubts-of.ts';
import { recordTarget } from '../../../adapters/inference/targets/record-target.ts';
import { summaryKey, transcriptKey } from '../../../adapters/object-store/keys.ts';
import { statedDuration } from '../../../local/inference-server/models/audio-duration.ts';
import { minutesSchema, type Minutes } from '../../../workflows/contracts/minutes.ts';
import { perRole } from '../../../workflows/contracts/targets.ts';
import { transcriptSchema } from '../../../workflows/contracts/transcript.ts';
import { ffmpeg, SAMPLE } from '../../adapters/media/with-folder.ts';
import { aTarget } from '../../adapters/inference/a-target.ts';
import { attempt, openBench } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
let recording: Uint8Array;
beforeAll(async () => {
  bench = await openBench();
  recording = await ffmpeg('-i', SAMPLE, '-t', '24', '-f', 'flac', '-');
});
afterAll(() => bench.close());

const RUN = 'a0000000-0000-4000-8000-000000000001';

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

/** As much as somebody says in 14 s. */
const SECOND =
  'Wir fangen jetzt mit dem Haushalt für das nächste Jahr an und sprechen danach über den Umzug im Herbst.';

test('voice without words is sent on its own in any language, once, and later stages read its answer', async () => {
  const heard: Heard[] = [];
  bench.provider.answer = async ({ body }) => {
    const one = heardIn(body);
    heard.push(one);
    const seconds = one.seconds ?? 0;
    return await Promise.resolve(
      seconds > 20 || seconds < 5 ? said('Good morning.', 0, 4.4) : said(SECOND, 1, 15),
    );
  };
  const { tenant, jobId } = await bench.newJob(recording);
  const job = { tenant, jobId };
  const activities = createActivities(bench.deps);
  const { planKey, chunks, scratch } = await attempt(() =>
    activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }),
  );
  const window = { ...job, planKey, from: 0, to: chunks };
  const call = {
    ...window,
    ...(scratch !== undefined && { scratch }),
    target: bench.recorded.transcribe,
    last: true,
    index: 0,
  };
  const first = await attempt(() => activities.transcribeChunk(call));
  const [beside, doubt, ...others] = first.doubts ?? [];
  expect(others).toEqual([]);
  // The words beside it may be in the wrong language.
  expect(beside?.start).toBeCloseTo(0, 0);
  expect(beside?.end).toBeCloseTo(4.4, 0);
  expect(doubt).toMatchObject({ index: 0 });
  expect(doubt?.start).toBeCloseTo(4.6, 0);
  expect(doubt?.end).toBeCloseTo(24, 0);
  if (doubt === undefined || beside === undefined) return;

  // A worker that ends here, and a job that is retried, ask again for the stretch alone.
  expect(await attempt(() => activities.lookUpChunks(window))).toMatchObject({
    pending: [],
    held: 1,
    doubts: [beside, doubt],
  });
  for (const key of await bench.keysBelow(scratch ?? '')) {
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
  await attempt(() => activities.transcribeChunk({ ...call, stretch: beside.stretch }));
  const lengthOf = (one: typeof stretch) => (one.endSample - one.startSample) / 16_000;
  expect(heard).toEqual([
    { seconds: 24, language: 'en' },
    { seconds: lengthOf(stretch), language: null },
    { seconds: lengthOf(beside.stretch), language: null },
  ]);
  expect((await bench.deps.ledger.countByState(tenant, jobId)).accepted).toBe(3);
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
    [SECOND, 'de'],
  ]);
  expect(segments[1]?.start).toBeCloseTo((doubt.start ?? 0) + 1, 2);
});

test('a language in the words of another is found when the window is closed, and asked again, once', async () => {
  const italian = [
    [0, 4.7, 'Buongiorno a tutti e accadentemente a il planing meeting per il Spring launch.'],
    [
      4.7,
      10.3,
      'Todere che vi ho bisogno di creare il launch di la budget e il lavoro per il website.',
    ],
    [10.3, 15.4, 'Tom, stai facendo la budget. Thank you Anna.'],
    [15.4, 24, "Quindi farmo che abbiamo spente 18.000 dollars e mostro di l'ultimo."],
  ] as const;
  const chunks = italian.map(([start, end, text]) => ({ text, timestamp: [start, end] }));
  const english = 'Today we need to agree on the launch date, the budget, and the work.';
  const lengths: (number | null)[] = [];
  bench.provider.answer = async ({ body }) => {
    const { seconds } = heardIn(body);
    lengths.push(seconds);
    return await Promise.resolve(
      (seconds ?? 0) > 20
        ? { status: 200, body: { text: chunks.map(({ text }) => text).join(' '), chunks } }
        : said(english, 0, (seconds ?? 0) - 0.2),
    );
  };
  const { tenant, jobId } = await bench.newJob(recording, {
    forceNonce: 'languages',
    options: { date: null, language: null, attendees: [], template: 'standard', image: true },
  });
  const job = { tenant, jobId };
  const activities = createActivities(bench.deps);
  const {
    planKey,
    chunks: count,
    scratch,
  } = await attempt(() => activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }));
  const window = { ...job, planKey, from: 0, to: count };
  const call = {
    ...window,
    ...(scratch !== undefined && { scratch }),
    target: bench.recorded.transcribe,
    last: true,
    index: 0,
  };
  expect(await attempt(() => activities.transcribeChunk(call))).toMatchObject({ doubts: [] });
  const closed = await attempt(() => activities.closeWindow({ ...window, failures: [] }));
  const { doubts = [] } = closed;
  expect(doubts.length).toBeGreaterThan(2);

  // Without an answer, the transcript is that of the chunk; a job that is retried has the audio for what is open.
  for (const key of await bench.keysBelow(scratch ?? '')) await bench.deps.store.delete(key);
  await attempt(() => activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }));
  for (const { stretch } of doubts) {
    await attempt(() => activities.transcribeChunk({ ...call, stretch }));
  }
  expect(lengths).toHaveLength(1 + doubts.length);
  expect(await attempt(() => activities.closeWindow({ ...window, failures: [] }))).toEqual({
    transcribed: 1,
    failed: 0,
  });
  await attempt(() => activities.assembleTranscript({ ...job, planKey, windows: 1 }));
  const transcript = await bench.deps.store.getJson(transcriptKey(tenant, jobId), transcriptSchema);
  expect(transcript.language).toBe('en');
  expect(new Set(transcript.segments.map(({ text, language }) => `${language} ${text}`))).toEqual(
    new Set([`en ${english}`]),
  );
});

const FIRST = [
  { start: 0, end: 4.4, text: 'Good morning.' },
  { start: 20, end: 24, text: 'Good bye.' },
];

test('an answer to what an earlier rule asked is neither paid for again nor lost', async () => {
  let calls = 0;
  bench.provider.answer = async ({ body }) => {
    calls += 1;
    const seconds = heardIn(body).seconds ?? 0;
    const told = FIRST.map(({ text, start, end }) => ({ text, timestamp: [start, end] }));
    return await Promise.resolve(
      seconds > 20
        ? { status: 200, body: { text: 'Good morning. Good bye.', chunks: told } }
        : said(SECOND, 0.3, 14),
    );
  };
  const { tenant, jobId } = await bench.newJob(recording, { forceNonce: 'an earlier rule' });
  const job = { tenant, jobId };
  const activities = createActivities(bench.deps);
  const { planKey, chunks, scratch } = await attempt(() =>
    activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }),
  );
  const window = { ...job, planKey, from: 0, to: chunks };
  const call = {
    ...window,
    ...(scratch !== undefined && { scratch }),
    target: bench.recorded.transcribe,
    last: true,
    index: 0,
  };
  const { doubts = [] } = await attempt(() => activities.transcribeChunk(call));
  const [chunk] = (await readPlan(bench.deps.store, planKey)).chunks;
  if (chunk === undefined) throw new Error('the plan has a chunk');
  const answer = { text: '', language: null, segments: FIRST };
  const [stretch, ...others] = earlierDoubtsOf(chunk, answer);
  expect(others).toEqual([]);
  if (stretch === undefined) throw new Error('the earlier rule asks about the gap');
  await attempt(() => activities.transcribeChunk({ ...call, stretch }));
  expect(calls).toBe(2);

  const found = await attempt(() => activities.lookUpChunks(window));
  const isBeside = (one: typeof stretch) =>
    one.endSample <= stretch.startSample || one.startSample >= stretch.endSample;
  expect(doubts.some((one) => !isBeside(one.stretch))).toBe(true);
  expect(found.doubts).toEqual(doubts.filter((one) => isBeside(one.stretch)));
  await attempt(() => activities.closeWindow({ ...window, failures: [] }));
  expect(
    await attempt(() => activities.assembleTranscript({ ...job, planKey, windows: 1 })),
  ).toMatchObject({ segments: 3, gaps: 0 });
  const { segments } = await bench.deps.store.getJson(
    transcriptKey(tenant, jobId),
    transcriptSchema,
  );
  expect(segments.map(({ text }) => text)).toEqual(['Good morning.', SECOND, 'Good bye.']);
  expect(calls).toBe(2);
});

/** A job of one chunk whose doubts were asked again, up to its minutes. */
async function minutesOf(forceNonce: string): Promise<Minutes> {
  const input = await bench.newJob(recording, { forceNonce });
  const { tenant, jobId } = input;
  const job = { tenant, jobId, runId: RUN };
  await bench.begin(input, RUN);
  const activities = createActivities(bench.deps);
  const { planKey, chunks, scratch } = await attempt(() =>
    activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }),
  );
  const window = { ...job, planKey, from: 0, to: chunks };
  const call = {
    ...window,
    ...(scratch !== undefined && { scratch }),
    target: bench.recorded.transcribe,
    last: true,
    index: 0,
  };
  const { doubts = [] } = await attempt(() => activities.transcribeChunk(call));
  for (const { stretch } of doubts) {
    await attempt(() => activities.transcribeChunk({ ...call, stretch }));
  }
  const closed = await attempt(() => activities.closeWindow({ ...window, failures: [] }));
  for (const { stretch } of closed.doubts ?? []) {
    await attempt(() => activities.transcribeChunk({ ...call, stretch }));
  }
  if (closed.doubts) await attempt(() => activities.closeWindow({ ...window, failures: [] }));
  await attempt(() => activities.assembleTranscript({ ...job, planKey, windows: 1 }));
  await bench.deps.store.putJson(summaryKey(tenant, jobId), {
    summary: '',
    keyPoints: [],
    decisions: [],
    openQuestions: [],
    actionItems: [],
  });
  const { minutesKey } = await attempt(() =>
    activities.renderMinutes({
      ...job,
      planKey,
      windows: 1,
      chains: perRole(() => []),
      degradations: [],
      summarized: {
        ...job,
        mode: 'extractive',
        generation: 0,
        contextTokens: 8000,
        level: 0,
        failedSections: [],
      },
      picture: null,
    }),
  );
  return await bench.deps.store.getJson(minutesKey, minutesSchema);
}

test('voice that stays without words is a gap of the minutes, within its chunk', async () => {
  bench.provider.answer = async () => await Promise.resolve(said('Good morning.', 0, 4.4));
  const { status, coverage, engines } = await minutesOf('gap');
  expect(status).toBe('partial');
  expect(coverage.gaps).toEqual([{ start: expect.closeTo(10.4, 1), end: 24, reason: 'no_words' }]);
  const [gap] = coverage.gaps;
  expect(coverage.transcribedSeconds).toBeCloseTo(24 - (gap?.end ?? 0) + (gap?.start ?? 0), 3);
  expect(coverage).toMatchObject({ untimedSeconds: 0 });
  expect(coverage).not.toHaveProperty('mayBeInvented');
  expect(engines.transcribe).toMatchObject([{ items: 3 }]);
});

test('a loop that the second answer does not replace stays, and the minutes say where', async () => {
  const loop = Array.from({ length: 10 }, (_one, index) => ({
    text: ' Thank you for watching.',
    timestamp: [5 + index * 1.9, 6.9 + index * 1.9],
  }));
  const chunks = [{ text: 'Good morning.', timestamp: [0, 5] }, ...loop];
  bench.provider.answer = async ({ body }) =>
    await Promise.resolve({
      status: 200,
      body:
        (heardIn(body).seconds ?? 0) > 20
          ? { text: chunks.map(({ text }) => text).join(''), chunks }
          : { text: '', chunks: [] },
    });
  const { status, coverage } = await minutesOf('loop');
  expect(status).toBe('complete');
  expect(coverage).toMatchObject({ gaps: [], mayBeInvented: [{ start: 5, end: 24 }] });
});

test('speech to which a target answers only a loop is asked for in pieces, and nothing of it is lost', async () => {
  const calls: (number | null)[] = [];
  const loop = Array.from({ length: 12 }, (_one, index) => ({
    text: ' Et bonjour à tous et bonnes années !',
    timestamp: [index * 2, index * 2 + 2],
  }));
  bench.provider.answer = async ({ body }) => {
    const { seconds } = heardIn(body);
    calls.push(seconds);
    return await Promise.resolve(
      (seconds ?? 0) > 20
        ? { status: 200, body: { text: loop.map(({ text }) => text).join(''), chunks: loop } }
        : said(
            `We spent ${calls.length} thousand on the website so far.`,
            0.1,
            (seconds ?? 0) - 0.1,
          ),
    );
  };
  const { status, coverage } = await minutesOf('only a loop, then words');
  expect({ status, gaps: coverage.gaps }).toEqual({ status: 'complete', gaps: [] });
  expect(coverage).not.toHaveProperty('mayBeInvented');
  // Once for all of it, and once for each piece.
  expect(calls.filter((seconds) => seconds === 24)).toHaveLength(1);
  expect(calls).toHaveLength(5);
});

test('a target that takes all speech for English is asked again in the language of the job', async () => {
  const languages: (string | undefined)[] = [];
  bench.provider.answer = async ({ body }) => {
    languages.push(/name="language"\r\n\r\n(\w+)/.exec(body.toString('latin1'))?.[1]);
    const segments = [{ start: 0, end: 4.4, text: 'Guten Morgen.' }];
    return await Promise.resolve({ status: 200, body: { text: 'Guten Morgen.', segments } });
  };
  const target = aTarget({
    ...bench.targets.transcribe,
    name: 'endpoint',
    contract: 'hfendpoints',
  });
  const { inference } = bench.deps;
  const roles = { ...inference.roles, transcribe: [target] };
  const activities = createActivities({ ...bench.deps, inference: { ...inference, roles } });
  const options = {
    date: null,
    language: 'de',
    attendees: [] as string[],
    template: 'standard',
    image: true,
  } as const;
  const { tenant, jobId } = await bench.newJob(recording, { options });
  const job = { tenant, jobId };
  const { planKey, scratch } = await attempt(() =>
    activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }),
  );
  const call = {
    ...job,
    planKey,
    ...(scratch !== undefined && { scratch }),
    target: recordTarget(target),
    last: true,
    index: 0,
  };
  const { doubts = [] } = await attempt(() => activities.transcribeChunk(call));
  for (const { stretch } of doubts) {
    await attempt(() => activities.transcribeChunk({ ...call, stretch }));
  }
  expect(languages).toEqual(['de', 'de', 'de']);
});

test('a stretch at which a target answers only a loop is paid for once, and ends the target for nothing else', async () => {
  const loop = (from: number) =>
    Array.from({ length: 10 }, (_one, index) => ({
      text: ' Thank you for watching.',
      timestamp: [from + index * 1.9, from + (index + 1) * 1.9],
    }));
  const answering = (chunks: readonly { readonly text: string }[]) => ({
    status: 200,
    body: { text: chunks.map(({ text }) => text).join(''), chunks },
  });
  bench.provider.answer = async ({ body }) =>
    await Promise.resolve(
      (heardIn(body).seconds ?? 0) > 20
        ? answering([{ text: 'Good morning.', timestamp: [0, 5] }, ...loop(5)])
        : answering(loop(0)),
    );
  const { tenant, jobId } = await bench.newJob(recording, { forceNonce: 'only a loop' });
  const job = { tenant, jobId };
  const activities = createActivities(bench.deps);
  const { planKey, scratch } = await attempt(() =>
    activities.prepareRecording({ ...job, chunkLimitSeconds: 28 }),
  );
  const call = {
    ...job,
    planKey,
    ...(scratch !== undefined && { scratch }),
    target: bench.recorded.transcribe,
    last: true,
    index: 0,
  };
  const { doubts = [] } = await attempt(() => activities.transcribeChunk(call));
  // Voice with pauses is asked in pieces.
  expect(doubts).toHaveLength(3);
  for (const { stretch } of doubts) {
    await expect(
      attempt(() => activities.transcribeChunk({ ...call, stretch })),
    ).rejects.toMatchObject({ type: 'ItemExhausted', nonRetryable: true });
  }
  expect(await bench.deps.ledger.countByState(tenant, jobId)).toMatchObject({
    accepted: 1,
    rejected: 3,
  });
});
