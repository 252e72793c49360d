import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { readSectionWork } from '../../../activities/summary/partial-summaries.ts';
import { homeOf } from '../../../activities/job/read-job-input.ts';
import {
  latestPointerKey,
  resultKey,
  resultPointerKey,
  summaryKey,
  transcriptKey,
} from '../../../adapters/object-store/keys.ts';
import { findResult } from '../../../adapters/paid-call/look-up-result.ts';
import type { SectionsReference } from '../../../workflows/contracts/summarizing.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import type { StoredResult } from '../../../workflows/contracts/stored-results.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { attempt, openBench } from '../activity-bench.ts';

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.openGates();
});

const summary = (text: string) =>
  JSON.stringify({
    summary: text,
    keyPoints: [],
    decisions: [],
    openQuestions: [],
    actionItems: [],
  });

const transcript: Transcript = {
  schemaVersion: 1,
  language: 'en',
  durationSeconds: 4,
  segments: [
    {
      id: 's1',
      start: 0,
      end: 4,
      speaker: null,
      language: 'en',
      text: 'We repair the pier in May.',
    },
  ],
};

/** A job of one section whose summary is accepted. */
async function summarized(change: Partial<JobInput> = {}, text = 'In earlier words.') {
  bench.provider.answer = () =>
    Promise.resolve({
      status: 200,
      body: { choices: [{ message: { content: summary(text) } }] },
    });
  const job = await bench.newJob(null, change);
  await bench.deps.store.putJson(transcriptKey(job.tenant, job.jobId), transcript);
  const { tenant, jobId } = job;
  const at: SectionsReference = { tenant, jobId, generation: 0, contextTokens: 8192 };
  const activities = createActivities(bench.deps);
  await attempt(() => activities.cutSections({ ...at, halve: [] }));
  const paid = { target: bench.recorded.summarize, last: true };
  const { callKey } = await attempt(() =>
    activities.summarizeSection({ ...at, ...paid, section: 0 }),
  );
  return { job, at, activities, paid, callKey };
}

/** The summary of the job, made of this answer. */
async function concluded(job: JobInput, at: SectionsReference, callKey = ''): Promise<string> {
  const activities = createActivities(bench.deps);
  const level = { ...at, level: 0, failedSections: [] };
  await attempt(() => activities.planReduction({ ...level, answers: [callKey] }));
  await attempt(() => activities.concludeSummary({ ...level, mode: 'model' }));
  const bytes = await bench.deps.store.get(summaryKey(job.tenant, job.jobId));
  return new TextDecoder().decode(bytes);
}

const workOf = (job: JobInput, at: SectionsReference) =>
  readSectionWork(bench.deps.store, job, { ...at, section: 0 });

/** Stores the answer as one to an earlier prompt, with other keys and an older date. */
async function asIfOfAnEarlierPrompt(
  job: JobInput,
  at: SectionsReference,
  change: Partial<StoredResult> = {},
): Promise<void> {
  const { store } = bench.deps;
  const home = homeOf(job);
  const { workKey, textKey } = await workOf(job, at);
  const today = await findResult(store, home, 'summarize', workKey);
  if (today === null) throw new Error('no answer');
  const callKey = randomBytes(32).toString('hex');
  const createdAt = '2026-03-01T08:00:00.000Z';
  const earlier = { ...today, callKey, workKey: callKey, createdAt, ...change };
  const key = resultKey(home, 'summarize', callKey);
  await store.putJson(key, earlier);
  await store.putJson(latestPointerKey(home, 'summarize', textKey), {
    schemaVersion: 1,
    callKey,
    resultKey: key,
  });
  await store.delete(resultPointerKey(home, 'summarize', workKey));
  await store.delete(resultKey(home, 'summarize', today.callKey));
}

const section = { kind: 'section', section: 0 } as const;

test('without any target the answer to an earlier prompt is used, with its date', async () => {
  const { job, at, activities } = await summarized();
  await asIfOfAnEarlierPrompt(job, at);
  const earlier = await attempt(() => activities.adoptEarlierSummary({ ...at, of: section }));
  expect(earlier).toEqual({
    target: 'mixtral',
    answeredAt: '2026-03-01T08:00:00.000Z',
    callKey: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
  });
  expect(await concluded(job, at, earlier?.callKey)).toContain('In earlier words.');
});

test("what a job made do with is no answer to today's prompt: a retry asks the targets again", async () => {
  const { job, at, activities, paid } = await summarized();
  await asIfOfAnEarlierPrompt(job, at);
  await attempt(() => activities.adoptEarlierSummary({ ...at, of: section }));
  bench.provider.answer = () =>
    Promise.resolve({
      status: 200,
      body: { choices: [{ message: { content: summary("In today's words.") } }] },
    });
  const again = await attempt(() => activities.summarizeSection({ ...at, ...paid, section: 0 }));
  expect(again).toMatchObject({ reused: false });
  expect(await concluded(job, at, again.callKey)).toContain("In today's words.");
});

test('an adopted answer stays valid for its job even if another job gets a new answer', async () => {
  const { job, at, activities } = await summarized();
  await asIfOfAnEarlierPrompt(job, at);
  const earlier = await attempt(() => activities.adoptEarlierSummary({ ...at, of: section }));
  // By now reductions were made from it and are found by it.
  const other = await summarized({ source: job.source }, "In today's words.");
  expect(await concluded(other.job, other.at, other.callKey)).toContain("In today's words.");
  expect(await concluded(job, at, earlier?.callKey)).toContain('In earlier words.');
});

test('a reused answer becomes the latest one too, unless there is a newer one', async () => {
  const { job, at, activities, paid } = await summarized();
  const { textKey } = await workOf(job, at);
  const { store } = bench.deps;
  const latest = latestPointerKey(homeOf(job), 'summarize', textKey);
  const again = () => attempt(() => activities.summarizeSection({ ...at, ...paid, section: 0 }));
  // The state after a worker died right after storing the answer.
  await store.delete(latest);
  await expect(again()).resolves.toMatchObject({ reused: true });
  expect(await store.head(latest)).not.toBeNull();
  const newer = { schemaVersion: 1, callKey: 'f'.repeat(64), resultKey: 'of a newer prompt' };
  await store.putJson(latest, newer);
  await again();
  expect(JSON.parse(new TextDecoder().decode(await store.get(latest)))).toEqual(newer);
});

test('there is no earlier answer for new text, and none that is not a summary any more', async () => {
  const { job, at, activities } = await summarized();
  await asIfOfAnEarlierPrompt(job, at, { answer: { text: 'of another form' } });
  const adopt = () => attempt(() => activities.adoptEarlierSummary({ ...at, of: section }));
  await expect(adopt()).resolves.toBeNull();
  const { textKey } = await workOf(job, at);
  await bench.deps.store.delete(latestPointerKey(homeOf(job), 'summarize', textKey));
  await expect(adopt()).resolves.toBeNull();
});
