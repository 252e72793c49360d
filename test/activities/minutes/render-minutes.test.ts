import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { publishedFacts } from '../../../activities/minutes/published-facts.ts';
import { homeOf } from '../../../activities/job/read-job-input.ts';
import { chunkWorkKey } from '../../../activities/paid/work-keys.ts';
import {
  planKey as planKeyOf,
  resultKey,
  sectionsKey,
  sourceHome,
  summaryKey,
  transcriptKey,
} from '../../../adapters/object-store/keys.ts';
import { outputFolder } from '../../../adapters/object-store/output-folder.ts';
import { pointAt } from '../../../adapters/paid-call/look-up-result.ts';
import type { RenderMinutes } from '../../../workflows/contracts/activities.ts';
import type { Summarized } from '../../../workflows/contracts/summarizing.ts';
import type { ChunkPlan } from '../../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import type { Degradation } from '../../../workflows/contracts/jobs.ts';
import { minutesSchema, summarySchema } from '../../../workflows/contracts/minutes.ts';
import { transcriptSchema } from '../../../workflows/contracts/transcript.ts';
import type { StoredResult } from '../../../workflows/contracts/stored-results.ts';
import { attempt, openBench } from '../activity-bench.ts';
import { planOf } from '../recording/plans.ts';

const RUN = 'a0000000-0000-4000-8000-000000000001';

/** The stages after transcribing, from the stored answers to the files of a job. */

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const activities = () => createActivities(bench.deps);
const WORDS = 'We decided to repair the harbour. Who pays for the harbour?';

/** A job of three chunks of ten seconds; the one in the middle was refused. Its transcript is assembled. */
async function transcribedJob(): Promise<{ job: JobInput; planKey: string }> {
  const job = await bench.newJob();
  const { tenant, jobId } = job;
  await bench.begin(job, RUN);
  const plan = { ...planOf([10, 10, 10]), sourceSha256: job.source.sha256 };
  const planKey = planKeyOf(tenant, job.source.sha256, 1, 28);
  await bench.deps.store.putJson(planKey, plan);
  for (const index of [0, 2]) await storeAnswer(job, plan, index);
  const failures = [{ index: 1, reason: 'BadRequest' }];
  const range = { tenant, jobId, planKey, from: 0, to: 3 };
  await attempt(() => activities().closeWindow({ ...range, failures }));
  await attempt(() => activities().assembleTranscript({ tenant, jobId, planKey, windows: 1 }));
  return { job, planKey };
}

async function storeAnswer(job: JobInput, plan: ChunkPlan, index: number): Promise<void> {
  const chunk = plan.chunks[index];
  if (chunk === undefined) throw new Error('no such chunk');
  const result: StoredResult = {
    schemaVersion: 1,
    role: 'transcribe',
    workKey: chunkWorkKey(job, plan, chunk),
    callKey: randomBytes(32).toString('hex'),
    ordinal: 1,
    ledgerEntryId: 'none',
    target: 'whisper',
    contract: 'hf-task',
    model: 'whisper',
    label: null,
    provider: null,
    servedModel: null,
    revision: null,
    requestId: null,
    createdAt: '2026-03-02T10:00:00.000Z',
    usage: {
      inputTokens: null,
      outputTokens: null,
      audioSeconds: 10,
      images: null,
      computeSeconds: null,
    },
    answer: { text: WORDS, language: 'en', segments: [] },
  };
  const { store } = bench.deps;
  await store.putJson(resultKey(homeOf(job), 'transcribe', result.callKey), result);
  await pointAt(store, homeOf(job), result);
}

async function render(
  { job, planKey }: { job: JobInput; planKey: string },
  summarized: Pick<Summarized, 'mode' | 'level' | 'failedSections'>,
  change: Partial<RenderMinutes> = {},
) {
  const { tenant, jobId } = job;
  const at = { tenant, jobId, generation: 0, contextTokens: 8192 };
  const rendered = await attempt(() =>
    activities().renderMinutes({
      tenant,
      jobId,
      runId: RUN,
      planKey,
      windows: 1,
      chains: { transcribe: ['whisper'], summarize: ['mixtral'], illustrate: [], moderate: [] },
      degradations: [],
      summarized: { ...at, ...summarized },
      picture: null,
      ...change,
    }),
  );
  const { store } = bench.deps;
  const folder = outputFolder(tenant, jobId, rendered.minutesKey);
  const fileOf = async (name: string) =>
    new TextDecoder().decode(await store.get(`${folder}${name}`));
  const minutes = await store.getJson(rendered.minutesKey, minutesSchema);
  return { rendered, minutes, fileOf };
}

const extractive = { mode: 'extractive', level: 0, failedSections: [] } as const;

async function withExtractiveSummary() {
  const made = await transcribedJob();
  const { tenant, jobId } = made.job;
  const at = { tenant, jobId, generation: 0, contextTokens: 8192 };
  await attempt(() => activities().concludeSummary({ ...at, ...extractive }));
  return made;
}

test('a chunk that failed is a gap with its times and its reason, in every document', async () => {
  const { rendered, minutes, fileOf } = await render(await withExtractiveSummary(), extractive);
  expect(rendered).toMatchObject({ result: 'partial', degradations: 0 });
  expect(minutes).toMatchObject({
    status: 'partial',
    coverage: {
      audioSeconds: 30,
      transcribedSeconds: 20,
      gaps: [{ start: 10, end: 20, reason: 'BadRequest' }],
      failedSections: [],
    },
  });
  const words = 'Not transcribed: 00:10–00:20 (the service refused the piece)';
  expect(await fileOf('minutes.md')).toContain(words);
  expect(await fileOf('minutes.html')).toContain(words);
});

test('the documents have the title that was given last, and a later language names what nobody did', async () => {
  const made = await withExtractiveSummary();
  const { tenant, jobId } = made.job;
  const { library } = bench.deps;
  await library.retitle(tenant, jobId, 'meeting 会议纪要');
  expect((await render(made, extractive)).minutes.title).toBe('Minutes of meeting');
  await library.retitle(tenant, jobId, 'Harbour');
  const { minutes, fileOf } = await render(made, extractive);
  expect(minutes.title).toBe('Harbour');
  expect(await fileOf('minutes.md')).toMatch(/^# Harbour\n/);
});

test('a name that a person gave follows the voice when a run numbers the speakers anew', async () => {
  const made = await withExtractiveSummary();
  const { tenant, jobId } = made.job;
  const { store, library } = bench.deps;
  const key = transcriptKey(tenant, jobId);
  const spoken = await store.getJson(key, transcriptSchema);
  /** Who speaks, a segment each. */
  const say = async (...speakers: string[]) => {
    const segments = spoken.segments.map((segment, at) => ({ ...segment, speaker: speakers[at] }));
    await store.putJson(key, { ...spoken, segments });
    return await store.getJson(key, transcriptSchema);
  };
  expect(spoken.segments).toHaveLength(2);
  const transcript = await say('S1', 'S2');
  const { rendered, minutes } = await render(made, extractive);
  expect(minutes.carriedFrom).toBeUndefined();
  const { minutesKey } = rendered;
  const named = {
    ...minutes,
    speakers: minutes.speakers.map((each) => ({ ...each, name: each.id === 'S2' ? 'Tom' : null })),
  };
  await store.putJson(minutesKey, named);
  const facts = publishedFacts(named, transcript, { minutesKey, title: named.title });
  await library.publish({ tenant, jobId, runId: RUN }, null, facts);

  await say('S2', 'S1');
  const { minutes: next, fileOf } = await render(made, extractive);
  expect(next).toMatchObject({
    carriedFrom: 1,
    speakers: [
      { id: 'S2', name: null },
      { id: 'S1', name: 'Tom' },
    ],
  });
  expect(await fileOf('minutes.md')).toContain('Tom');

  // Nobody can tell whose the name is.
  await store.delete(`${outputFolder(tenant, jobId, minutesKey)}transcript.json`);
  expect((await render(made, extractive)).minutes.speakers).toMatchObject([
    { id: 'S2', name: null },
    { id: 'S1', name: null },
  ]);
});

test('a name that the meeting says is in the minutes with its words, below a name that a person gave', async () => {
  const made = await withExtractiveSummary();
  const { tenant, jobId } = made.job;
  const { store, library } = bench.deps;
  const key = transcriptKey(tenant, jobId);
  const spoken = await store.getJson(key, transcriptSchema);
  const segments = spoken.segments.map((segment, at) => ({ ...segment, speaker: `S${at + 1}` }));
  await store.putJson(key, { ...spoken, segments });
  const citation = { start: 0, end: 10, speaker: 'S1', quote: WORDS, segmentIds: ['s1'] };
  const hear = async (name: string) => {
    const summary = await store.getJson(summaryKey(tenant, jobId), summarySchema);
    const heardNames = [{ id: 'S1', name, citation }];
    await store.putJson(summaryKey(tenant, jobId), { ...summary, heardNames });
  };
  await hear('Ann Lee');
  const { rendered, minutes, fileOf } = await render(made, extractive);
  expect(minutes.speakers).toMatchObject([
    { id: 'S1', name: 'Ann Lee', heard: { name: 'Ann Lee', citation } },
    { id: 'S2', name: null },
  ]);
  expect(minutes.speakers[1]).not.toHaveProperty('heard');
  expect(await fileOf('transcript.vtt')).toContain('<v Ann Lee>');

  const { minutesKey } = rendered;
  const publish = async (held: typeof minutes) => {
    await store.putJson(minutesKey, held);
    const transcript = await store.getJson(key, transcriptSchema);
    const facts = publishedFacts(held, transcript, { minutesKey, title: held.title });
    await library.publish({ tenant, jobId, runId: RUN }, null, facts);
  };
  // The next run finds it again, or another one.
  await publish(minutes);
  await hear('Bob Stone');
  expect((await render(made, extractive)).minutes.speakers).toMatchObject([
    { id: 'S1', name: 'Bob Stone', heard: { name: 'Bob Stone' } },
    { id: 'S2', name: null },
  ]);
  // What a person gave stays, and is nobody else's.
  const given = (id: string, name: string) => ({
    ...minutes,
    speakers: minutes.speakers.map(({ heard: _heard, ...each }) => ({
      ...each,
      name: each.id === id ? name : null,
    })),
  });
  await publish(given('S1', 'Anna'));
  expect((await render(made, extractive)).minutes.speakers[0]).toEqual({
    ...minutes.speakers[0],
    name: 'Anna',
    heard: undefined,
  });
  await publish(given('S2', 'Bob Stone'));
  expect((await render(made, extractive)).minutes.speakers).toMatchObject([
    { id: 'S1', name: null },
    { id: 'S2', name: 'Bob Stone' },
  ]);
});

test('without a summary the minutes have the transcript, and say that nothing of it is summarised', async () => {
  // It has the summary of an earlier run.
  const made = await withExtractiveSummary();
  const failedSections = [{ index: 0, reason: 'ZodError' }];
  const none = { mode: 'none', level: 0, failedSections } as const;
  const degradation: Degradation = {
    stage: 'summarize',
    role: 'summarize',
    level: 'missing',
    target: null,
    spans: [],
    reason: 'ZodError',
  };
  const { minutes, fileOf } = await render(made, none, { degradations: [degradation] });
  expect(minutes).toMatchObject({
    status: 'partial',
    summary: '',
    decisions: [],
    engines: { summarize: [] },
    coverage: {
      transcriptCharacters: WORDS.length * 2,
      summarizedCharacters: 0,
      failedSections: [{ start: 0, end: 30, reason: 'ZodError' }],
    },
  });
  const markdown = await fileOf('minutes.md');
  expect(markdown).toContain('Not summarised: 00:00–00:30 (an error in the program)');
  expect(markdown).toContain('Summary: there is none (an error in the program)');
  expect(markdown).toContain('We decided to repair the harbour.');
  expect(await fileOf('transcript.vtt')).toContain('We decided to repair the harbour.');
});

test('a section that failed is listed with its times, and what was summarised is counted without it', async () => {
  const made = await transcribedJob();
  const { tenant, jobId, source } = made.job;
  const { store } = bench.deps;
  const at = { tenant, jobId, generation: 0, contextTokens: 8192 };
  const section = (index: number, start: number) => ({
    index,
    start,
    end: start + 10,
    segmentIds: [`s${index + 1}`],
    text: `[s${index + 1}] ${WORDS}`,
    characters: WORDS.length,
  });
  await store.putJson(sectionsKey(tenant, jobId, 0, 8192), {
    schemaVersion: 1,
    contextTokens: 8192,
    transcriptSha256: null,
    sections: [section(0, 0), section(1, 20)],
  });
  bench.provider.answer = () =>
    Promise.resolve({ status: 200, body: { choices: [{ message: { content: DRAFT } }] } });
  const paid = { target: bench.recorded.summarize, last: true };
  const { callKey = null } = await attempt(() =>
    activities().summarizeSection({ ...at, ...paid, section: 0 }),
  );
  const failedSections = [{ index: 1, reason: 'TooLarge' }];
  const level = { ...at, level: 0, failedSections };
  await attempt(() => activities().planReduction({ ...level, answers: [callKey, null] }));
  await attempt(() => activities().concludeSummary({ ...level, mode: 'model' }));
  // A newer prompt was deployed: its work keys lead to nothing.
  await store.deletePrefix(`${sourceHome(tenant, source.sha256)}/results/summarize/by-work/`);

  const { minutes } = await render(made, { mode: 'model', level: 0, failedSections });
  expect(minutes).toMatchObject({
    status: 'partial',
    summary: 'The harbour is repaired.',
    engines: { summarize: [{ target: 'mixtral', items: 1 }] },
    coverage: {
      transcriptCharacters: WORDS.length * 2,
      summarizedCharacters: WORDS.length,
      sections: 2,
      failedSections: [{ start: 20, end: 30, reason: 'TooLarge' }],
    },
  });
});

const DRAFT = JSON.stringify({
  summary: 'The harbour is repaired.',
  keyPoints: [],
  decisions: [
    {
      text: 'The harbour is repaired.',
      citations: [{ segmentIds: ['s1'], quote: 'We decided to repair the harbour.' }],
    },
  ],
  openQuestions: [],
  actionItems: [],
});

test('the latest run renders although a restored database gives the row to an earlier one, and no other run does', async () => {
  const { job, planKey } = await withExtractiveSummary();
  const { tenant, jobId } = job;
  const runId = 'b0000000-0000-4000-8000-000000000002';
  const facts = {
    tenant,
    jobId,
    runId,
    planKey,
    windows: 1,
    chains: { transcribe: ['whisper'], summarize: ['mixtral'], illustrate: [], moderate: [] },
    degradations: [],
    summarized: { tenant, jobId, generation: 0, contextTokens: 8192, ...extractive },
    picture: null,
  };
  const renderWhere = (latest: string) => {
    const latestRun = () => Promise.resolve({ runId: latest, isRunning: true });
    return attempt(() => createActivities({ ...bench.deps, latestRun }).renderMinutes(facts));
  };
  await expect(renderWhere(RUN)).rejects.toMatchObject({ type: 'Superseded', nonRetryable: true });
  expect(await renderWhere(runId)).toMatchObject({ result: 'partial' });
  expect(await bench.deps.library.find(tenant, jobId)).toMatchObject({ runId, status: 'running' });
});
