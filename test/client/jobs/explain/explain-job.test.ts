import { randomBytes } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../../activities/index.ts';
import { homeOf } from '../../../../activities/job/read-job-input.ts';
import { callKeyOf } from '../../../../adapters/inference/call/call-key-of.ts';
import { chunkWorkKey } from '../../../../activities/paid/work-keys.ts';
import { prepareCall } from '../../../../adapters/inference/call/prepare-call.ts';
import {
  outputKey,
  planKey as planKeyOf,
  resultKey,
} from '../../../../adapters/object-store/keys.ts';
import { keepVersion } from '../../../../adapters/database/job-versions.ts';
import type { ObjectStore } from '../../../../adapters/object-store/object-store.ts';
import { pointAt } from '../../../../adapters/paid-call/look-up-result.ts';
import { explainJob } from '../../../../client/jobs/explain/explain-job.ts';
import { explanationSchema } from '../../../../client/jobs/explain/explanation.ts';
import { ofVersion } from '../../../../client/jobs/of-version.ts';
import type { Summarized } from '../../../../workflows/contracts/summarizing.ts';
import type { ChunkPlan } from '../../../../workflows/contracts/chunk-plan.ts';
import type { JobInput } from '../../../../workflows/contracts/job-input.ts';
import type { Degradation } from '../../../../workflows/contracts/jobs.ts';
import { minutesSchema, type Minutes } from '../../../../workflows/contracts/minutes.ts';
import { storedResultSchema } from '../../../../workflows/contracts/stored-results.ts';
import type { SummaryDraft } from '../../../../workflows/contracts/summary-draft.ts';
import { attempt, openBench } from '../../../activities/activity-bench.ts';
import { planOf } from '../../../activities/recording/plans.ts';

/** Minutes as the stages make them, on a real ledger and a real store. */

const RUN = 'a0000000-0000-4000-8000-000000000001';

let bench: Awaited<ReturnType<typeof openBench>>;
/** A job with two versions of its minutes: each is rendered once, because that takes long. */
let made: Made;
/** The call whose answer the first version is: a repair. The next run made do with an answer to an earlier prompt. */
let repaired: string;
let earlier: string;
beforeAll(async () => {
  bench = await openBench();
  made = await transcribedJob();
  const useless = { ...DRAFT, keyPoints: [], decisions: DRAFT.decisions.slice(1) };
  repaired = await summarize(made, [useless, DRAFT]);
  await publish(made, repaired, [FALLBACK]);
  earlier = await storeEarlierAnswer(made, repaired);
  await publish(made, earlier, [EARLIER]);
}, 120_000);
afterAll(() => bench.close());

const activities = () => createActivities(bench.deps);

/** A job of one chunk, whose transcript is assembled and cut into one section. */
async function transcribedJob() {
  const job = await bench.newJob();
  const { tenant, jobId, source } = job;
  await bench.begin(job, RUN);
  const plan = { ...planOf([10]), sourceSha256: source.sha256 };
  const planKey = planKeyOf(tenant, source.sha256, 1, 28);
  await bench.deps.store.putJson(planKey, plan);
  const heardBy = await transcribe(job, plan);
  const range = { tenant, jobId, planKey, from: 0, to: 1, failures: [] };
  await attempt(() => activities().closeWindow(range));
  await attempt(() => activities().assembleTranscript({ tenant, jobId, planKey, windows: 1 }));
  const at = { tenant, jobId, generation: 0, contextTokens: 8192 };
  await attempt(() => activities().cutSections({ ...at, halve: [] }));
  return { job, planKey, at, heardBy };
}
type Made = Awaited<ReturnType<typeof transcribedJob>>;

/** The answer of the target `whisper`, after `whisper-first` had refused. */
async function transcribe(job: JobInput, plan: ChunkPlan): Promise<string> {
  const { ledger, store } = bench.deps;
  const chunk = plan.chunks[0];
  if (chunk === undefined) throw new Error('the plan has no chunk');
  const workKey = chunkWorkKey(job, plan, chunk);
  const claim = async (callKey: string, target: string) => {
    const { tenant, jobId } = job;
    const call = { tenant, jobId, runId: RUN, account: 'job', role: 'transcribe' } as const;
    const claimed = await ledger.claim({
      ...call,
      workKey,
      callKey,
      target,
      model: 'a/whisper',
      leaseMs: 30_000,
    });
    if (claimed.outcome === 'held') throw new Error('the claim is held');
    await ledger.markSending(claimed.entryId, 30_000);
    return claimed.entryId;
  };
  const refused = await claim(randomBytes(32).toString('hex'), 'whisper-first');
  await ledger.settle(refused, { state: 'failed', verdict: 'billing', usage: null });
  const usage = {
    inputTokens: null,
    outputTokens: null,
    audioSeconds: 10,
    images: null,
    computeSeconds: 0.25,
  };
  const whisper = bench.targets.transcribe;
  const prepared = prepareCall(whisper, 'transcribe', {
    audio: Buffer.from('audio'),
    mediaType: 'audio/flac',
    url: null,
    durationSeconds: 10,
    language: null,
  });
  const callKey = callKeyOf(workKey, prepared);
  const ledgerEntryId = await claim(callKey, whisper.name);
  await ledger.settle(ledgerEntryId, { state: 'accepted', verdict: null, usage });
  const result = storedResultSchema.parse({
    schemaVersion: 1,
    role: 'transcribe',
    workKey,
    callKey,
    ordinal: 1,
    ledgerEntryId,
    target: whisper.name,
    contract: whisper.contract,
    model: 'a/whisper',
    label: null,
    provider: null,
    servedModel: null,
    revision: null,
    approval: null,
    requestId: null,
    createdAt: '2026-03-02T10:00:00.000Z',
    usage,
    answer: {
      text: '',
      language: 'en',
      segments: [
        { start: 0, end: 4, text: `We decided to repair the harbour, says job ${job.jobId}.` },
        { start: 4, end: 9, text: 'The repair costs 15,000 dollars.' },
      ],
    },
  });
  await store.putJson(resultKey(homeOf(job), 'transcribe', callKey), result);
  await pointAt(store, homeOf(job), result);
  return callKey;
}

const DRAFT: SummaryDraft = {
  summary: 'The harbour is repaired.',
  keyPoints: [
    {
      text: 'It costs 25,000 dollars.',
      citations: [{ segmentIds: ['s2'], quote: 'The repair costs 15,000 dollars' }],
    },
  ],
  decisions: [
    {
      text: 'The harbour is repaired.',
      citations: [{ segmentIds: ['s1'], quote: 'We decided to repair the harbour' }],
    },
    {
      text: 'The lighthouse is sold.',
      citations: [{ segmentIds: ['s9'], quote: 'we sell the lighthouse' }],
    },
  ],
  openQuestions: [],
  actionItems: [],
};

/** The provider gives these answers in turn, and each attempt knows what the last one remembered. */
async function summarize({ at }: Made, answers: readonly object[]): Promise<string> {
  let next = 0;
  bench.provider.answer = () => {
    const content = JSON.stringify(answers[Math.min(next, answers.length - 1)]);
    next += 1;
    return Promise.resolve({ status: 200, body: { choices: [{ message: { content } }] } });
  };
  let heartbeatDetails: unknown;
  for (let tries = 1; ; tries += 1) {
    try {
      const { callKey = '' } = await attempt(
        () =>
          activities().summarizeSection({
            ...at,
            target: bench.recorded.summarize,
            last: false,
            section: 0,
          }),
        { attempt: tries, heartbeatDetails },
        (environment) =>
          environment.on('heartbeat', (details: unknown) => (heartbeatDetails = details)),
      );
      return callKey;
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.nonRetryable === true) throw error;
    }
  }
}

/** The minutes with the summary that this call answered, published. */
async function publish(
  { job, planKey, at }: Made,
  callKey: string,
  degradations: readonly Degradation[],
): Promise<void> {
  const { tenant, jobId } = job;
  const summarized: Summarized = { ...at, mode: 'model', level: 0, failedSections: [] };
  await attempt(() => activities().planReduction({ ...summarized, answers: [callKey] }));
  await attempt(() => activities().concludeSummary(summarized));
  const { minutesKey } = await attempt(() =>
    activities().renderMinutes({
      tenant,
      jobId,
      runId: RUN,
      planKey,
      windows: 1,
      chains: { transcribe: ['whisper'], summarize: ['mixtral'], illustrate: [], moderate: [] },
      degradations,
      summarized,
      picture: null,
    }),
  );
  await attempt(() => activities().publishMinutes({ tenant, jobId, runId: RUN, minutesKey }));
}

/** As `explain --json` prints it. `without`: an object that the store does not have. */
async function explain(
  { item, version }: { readonly item?: string; readonly version?: number },
  without?: string,
) {
  const { tenant, jobId } = made.job;
  const { library } = bench.deps;
  const shown = await library.find(tenant, jobId);
  if (shown === null) throw new Error('the job has no row');
  const row = version === undefined ? shown : await ofVersion(shown, `${version}`, library);
  const { findJson } = bench.deps.store;
  const store: ObjectStore = {
    ...bench.deps.store,
    findJson: async (key, schema) => (key === without ? null : await findJson(key, schema)),
  };
  const explanation = await explainJob(row, { store, database: bench.db, library }, { item });
  return explanationSchema.parse(JSON.parse(JSON.stringify(explanation)));
}

const writers = ({ calls }: Awaited<ReturnType<typeof explain>>) =>
  calls.filter(({ role }) => role === 'summarize');

const degradation = { role: 'summarize', stage: 'summarize' as const, spans: [] };
const FALLBACK: Degradation = {
  ...degradation,
  role: 'transcribe',
  stage: 'transcribe',
  level: 'fallback',
  target: 'whisper',
  reason: 'whisper-first: OutOfCredit',
};
const EARLIER: Degradation = {
  ...degradation,
  level: 'earlier',
  target: 'mixtral',
  reason: 'earlier_prompt; 2026-02-01',
};

/** The same answer as another's, as if to an earlier prompt. */
async function storeEarlierAnswer({ job }: Made, like: string): Promise<string> {
  const { store } = bench.deps;
  const answer = await store.getJson(resultKey(homeOf(job), 'summarize', like), storedResultSchema);
  const callKey = randomBytes(32).toString('hex');
  await store.putJson(resultKey(homeOf(job), 'summarize', callKey), {
    ...answer,
    callKey,
    workKey: callKey,
    asked: { template: 'standard/1', promptVersion: 0 },
    createdAt: '2026-02-01T08:00:00.000Z',
  });
  return callKey;
}

test('every call of the way is named with its rows in the ledger: refused targets, a bad answer and its repair', async () => {
  const { items, calls, ...about } = await explain({ version: 1 });
  expect(about).toMatchObject({ version: 1, isTraced: true, speakers: { by: 'nobody' } });
  expect(items).toMatchObject([
    {
      id: 'summary',
      sentences: [
        {
          number: 1,
          text: 'The harbour is repaired.',
          statements: ['d1'],
          citations: [{ segments: [{ heard: { callKey: made.heardBy } }] }],
        },
      ],
      written: { callKey: repaired },
    },
    { id: 'k1', verified: true, isUnsupported: true, lacks: ['25000'] },
    {
      id: 'd1',
      citations: [{ segments: [{ heard: { chunk: 0, of: 1, callKey: made.heardBy } }] }],
      written: { by: 'model', callKey: repaired, sections: [1] },
    },
    { id: 'd2', verified: false, notFound: [{ quote: 'we sell the lighthouse' }], citations: [] },
  ]);
  expect(calls).toMatchObject([
    {
      callKey: made.heardBy,
      role: 'transcribe',
      question: 'first',
      answer: { target: 'whisper', model: 'a/whisper' },
      tries: [
        { target: 'whisper-first', state: 'failed', verdict: 'billing' },
        { target: 'whisper', state: 'accepted', usage: { audioSeconds: 10, computeSeconds: 0.25 } },
      ],
      insteadOf: [{ target: 'whisper-first', reason: 'OutOfCredit' }],
    },
    {
      callKey: repaired,
      question: 'repair',
      answer: { target: 'mixtral', promptVersion: 1, template: 'standard/1', isEarlier: false },
      tries: [
        { state: 'rejected', verdict: 'provider_bug', ordinal: 1 },
        { state: 'accepted', callKey: repaired, ordinal: 1 },
      ],
    },
  ]);
});

test('one item has its own calls only; another one is refused with those that there are', async () => {
  const { items, calls } = await explain({ item: 'D1' });
  expect(items.map(({ id }) => id)).toEqual(['d1']);
  expect(calls.map(({ role }) => role)).toEqual(['transcribe', 'summarize']);
  await expect(explain({ item: 'q1' })).rejects.toThrow(
    /no item "q1": they have summary, k1, d1, d2$/,
  );
});

test('a version keeps the answers that it was made of, whatever a later run has', async () => {
  const item = 'summary';
  const now = await explain({ item });
  expect(now).toMatchObject({ version: 2, items: [{ written: { callKey: earlier } }] });
  expect(writers(now)).toMatchObject([
    { answer: { promptVersion: 0, isEarlier: true }, tries: [] },
  ]);
  const before = await explain({ item, version: 1 });
  expect(before).toMatchObject({ version: 1, items: [{ written: { callKey: repaired } }] });
  expect(writers(before)).toMatchObject([{ answer: { isEarlier: false } }]);
  await expect(explain({ version: 9 })).rejects.toThrow(/has the versions 2, 1;/);
});

test('an answer that is gone is said to be, and minutes of an earlier version tell what is in them', async () => {
  const gone = await explain(
    { item: 'summary' },
    resultKey(homeOf(made.job), 'summarize', earlier),
  );
  expect(writers(gone)).toMatchObject([{ callKey: earlier, role: 'summarize', answer: null }]);
  const { tenant, jobId } = made.job;
  const provenanceKey = outputKey(tenant, jobId, 2, 'provenance.json');
  expect(await explain({ item: 'd1' }, provenanceKey)).toMatchObject({
    isTraced: false,
    items: [{ id: 'd1', verified: true, written: { by: 'unknown' } }],
    calls: [],
  });
});

test('what a person wrote in an edit is theirs, and the rest is still the answer of its call', async () => {
  const { store } = bench.deps;
  const { tenant, jobId } = made.job;
  const keyOf = (version: number, name: string) => outputKey(tenant, jobId, version, name);
  const base = await store.getJson(keyOf(1, 'minutes.json'), minutesSchema);
  const edit = { base: 1, by: 'Ann Lee', at: '2026-03-03T09:00:00.000Z', version: 3 };
  const template = { id: 'Risks', version: 1, sha256: 'a'.repeat(64), lists: ['decisions'] };
  const edited: Minutes = minutesSchema.parse({
    ...base,
    schemaVersion: 2,
    version: 3,
    template,
    decisions: [{ ...base.decisions[0], text: 'Repair the harbour.' }, base.decisions[1]],
    revisions: [{ ...edit, kind: 'edit' }],
  });
  const minutesKey = keyOf(3, 'minutes.json');
  await store.putJson(minutesKey, edited);
  for (const name of ['transcript.json', 'provenance.json']) {
    const body = await store.get(keyOf(1, name));
    await store.put(keyOf(3, name), body, { contentType: 'application/json' });
  }
  const revision = { ...edit, kind: 'edit' } as const;
  const version = { version: 3, minutesKey, result: edited.status, revision, approval: null };
  await keepVersion(bench.db, { tenant, jobId }, version);
  const { items, template: explained } = await explain({ version: 3 });
  expect(explained).toEqual(template);
  expect(items).toMatchObject([
    { id: 'summary', written: { by: 'model', callKey: repaired, edit: null } },
    { id: 'k1', written: { by: 'model', callKey: repaired } },
    {
      id: 'd1',
      written: { by: 'person', callKey: null, from: [], edit: { version: 3, by: 'Ann Lee' } },
    },
    { id: 'd2', written: { by: 'model', callKey: repaired } },
  ]);
  const one = await explain({ item: 'd1', version: 3 });
  expect(one.calls.map(({ role }) => role)).toEqual(['transcribe']);
});
