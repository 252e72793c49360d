import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createActivities } from '../../../activities/index.ts';
import { transcriptKey } from '../../../adapters/object-store/keys.ts';
import { STANDARD } from '../../../activities/summary/outline.ts';
import { readDrafts } from '../../../activities/summary/partial-summaries.ts';
import type { PaidOutcome } from '../../../workflows/contracts/paid-activity.ts';
import type { SummaryDraft } from '../../../workflows/contracts/summary-draft.ts';
import { attempt, openBench } from '../activity-bench.ts';
import { transcriptOf } from '../transcript/transcripts.ts';

/** What a target answers badly is repaired once, then asked for again, then given up or flagged. */

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.provider.requests.length = 0;
  bench.openGates();
});

const TEXT = 'We decided to raise the budget to 25,000 dollars.';
const draft = (change: Partial<SummaryDraft> = {}): SummaryDraft => ({
  summary: 'The budget is raised.',
  keyPoints: [],
  decisions: [{ text: 'Raise the budget.', citations: [{ segmentIds: ['s1'], quote: TEXT }] }],
  openQuestions: [],
  actionItems: [],
  ...change,
});
const GOOD = JSON.stringify(draft());
const UNCITED = JSON.stringify(
  draft({ decisions: [{ text: 'Buy it.', citations: [{ segmentIds: ['s99'], quote: 'no' }] }] }),
);
const CHINESE = JSON.stringify(
  draft({
    summary:
      '会议决定把预算增加到两万五千美元。王芳负责在下周五之前提交新的报价方案，李强会联系客户确认测试环境。大家同意下次再谈。',
  }),
);
const NO_JSON = 'I am sorry, here is the summary: a budget was raised.';
const EMPTY = JSON.stringify(draft({ summary: '', decisions: [] }));
const NO_STATEMENTS = JSON.stringify(draft({ decisions: [] }));
/** By no rule a decision, a task or a question. */
const CHAT = 'The weather was nice on the way here.';

const requestSchema = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
});
const systemOf = (body: Buffer): string =>
  requestSchema.parse(JSON.parse(String(body))).messages[0]?.content ?? '';
const askedForRepair = () =>
  bench.provider.requests.map(({ body }) => systemOf(body).includes('An earlier answer'));

/** The provider gives these answers in turn, and the last one for ever. */
function script(answers: readonly string[]): void {
  let next = 0;
  bench.provider.answer = () => {
    const content = answers[Math.min(next, answers.length - 1)];
    next += 1;
    return Promise.resolve({
      status: 200,
      body: { choices: [{ message: { content }, finish_reason: 'stop' }] },
    });
  };
}

async function newSection(text = TEXT) {
  const job = await bench.newJob();
  const { tenant, jobId } = job;
  // The same words in another job would have the same call key.
  const transcript = { ...transcriptOf([text, `Job ${jobId}.`]), language: 'en' };
  await bench.deps.store.putJson(transcriptKey(tenant, jobId), transcript);
  const at = { tenant, jobId, generation: 0, contextTokens: 8192 };
  await attempt(() => createActivities(bench.deps).cutSections({ ...at, halve: [] }));
  return { job, at };
}
type Section = Awaited<ReturnType<typeof newSection>>;

/** As Temporal does: attempts until one succeeds or must not be repeated, each with what the last one remembered. */
async function summarize({ at }: Section): Promise<PaidOutcome> {
  let heartbeatDetails: unknown;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt(
        () =>
          createActivities(bench.deps).summarizeSection({
            ...at,
            target: bench.recorded.summarize,
            last: false,
            section: 0,
          }),
        { attempt: tries, heartbeatDetails },
        (environment) =>
          environment.on('heartbeat', (details: unknown) => (heartbeatDetails = details)),
      );
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.nonRetryable === true) throw error;
    }
  }
}

const rowsOf = ({ at: { tenant, jobId } }: Section) =>
  bench.deps.ledger.countByState(tenant, jobId);

test.each([
  ['no_object', NO_JSON, 'it held no complete JSON object', TEXT],
  ['wrong_fields', '{"summary": 5}', 'the fields of the schema', TEXT],
  ['uncited', UNCITED, 'none of its citations', TEXT],
  ['wrong_language', CHINESE, 'the language asked for', TEXT],
  ['empty', EMPTY, 'its summary and all its lists were empty', TEXT.repeat(10)],
  ['no_statements of a decision', NO_STATEMENTS, 'all its lists were empty, although', TEXT],
  [
    'no_statements of a task in Chinese',
    NO_STATEMENTS,
    'all its lists were empty, although',
    '王芳负责在下周五之前提交报价。',
  ],
  [
    'no_statements of a question',
    NO_STATEMENTS,
    'all its lists were empty, although',
    'It remains open who pays for the new office.',
  ],
  ['no_statements of much talk', NO_STATEMENTS, 'all its lists were empty', `${CHAT} `.repeat(26)],
])('%s: the next call names the fault, and its answer is the summary', async (...row) => {
  const [, bad, fault, text] = row;
  const section = await newSection(text);
  script([bad, GOOD]);
  const { callKey = '' } = await summarize(section);
  expect(askedForRepair()).toEqual([false, true]);
  const [first, second] = bench.provider.requests.map(({ body }) => systemOf(body));
  expect(second?.startsWith(`${first}\n`)).toBe(true);
  expect(second).toContain(fault);
  // The bad answer itself is not sent back.
  expect(String(bench.provider.requests[1]?.body)).not.toContain('here is the summary');
  expect(await readDrafts(bench.deps.store, section.job, [callKey], STANDARD)).toEqual([draft()]);
  expect(await rowsOf(section)).toMatchObject({ accepted: 1, rejected: 1, in_doubt: 0 });
});

test('a repaired answer is kept: neither the question nor its repair is paid for again', async () => {
  const section = await newSection();
  script([NO_JSON, GOOD]);
  const { callKey } = await summarize(section);
  bench.provider.requests.length = 0;
  expect(await summarize(section)).toEqual({ target: 'mixtral', reused: true, callKey });
  expect(bench.provider.requests).toEqual([]);
});

test('a target that answers badly always is asked, repaired, asked again, and given up', async () => {
  const section = await newSection();
  script([NO_JSON]);
  await expect(summarize(section)).rejects.toMatchObject({ type: 'TargetExhausted' });
  expect(askedForRepair()).toEqual([false, true, false]);
  expect(await rowsOf(section)).toMatchObject({ accepted: 0, rejected: 3 });
});

test('after a bad repair the answer to the plain question is taken', async () => {
  const section = await newSection();
  script([NO_JSON, NO_JSON, GOOD]);
  await summarize(section);
  expect(askedForRepair()).toEqual([false, true, false]);
  expect(await rowsOf(section)).toMatchObject({ accepted: 1, rejected: 2 });
});

test('a summary whose lists stay empty is taken after its repair', async () => {
  const section = await newSection();
  script([NO_STATEMENTS]);
  const { callKey = '' } = await summarize(section);
  expect(askedForRepair()).toEqual([false, true]);
  expect(await rowsOf(section)).toMatchObject({ accepted: 1, rejected: 1 });
  const [kept] = await readDrafts(bench.deps.store, section.job, [callKey], STANDARD);
  expect(kept).toEqual(draft({ decisions: [] }));
});

test('a summary that stays without citations is taken after its repair, to be flagged', async () => {
  const section = await newSection();
  script([UNCITED]);
  const { callKey = '' } = await summarize(section);
  expect(askedForRepair()).toEqual([false, true]);
  expect(await rowsOf(section)).toMatchObject({ accepted: 1, rejected: 1 });
  const [kept] = await readDrafts(bench.deps.store, section.job, [callKey], STANDARD);
  expect(kept?.decisions[0]?.text).toBe('Buy it.');
});

test.each([
  ['nothing of a short text that says nothing', EMPTY, CHAT],
  ['no statements of a short text without any', NO_STATEMENTS, CHAT],
  [
    'a quote without its segment',
    JSON.stringify(
      draft({
        decisions: [
          { text: 'Raise it.', citations: [{ segmentIds: [], quote: 'raise the budget' }] },
        ],
      }),
    ),
    TEXT,
  ],
])('no repair is asked for: %s', async (_, answer, text) => {
  const section = await newSection(text);
  script([answer]);
  await summarize(section);
  expect(askedForRepair()).toEqual([false]);
  expect(await rowsOf(section)).toMatchObject({ accepted: 1, rejected: 0 });
});

test('a refusal for its rate limit does not use up the repair', async () => {
  const section = await newSection();
  script([NO_JSON, GOOD]);
  const { answer } = bench.provider;
  bench.provider.answer = (request) =>
    bench.provider.requests.length === 2
      ? Promise.resolve({ status: 500, body: {} })
      : answer(request);
  await summarize(section);
  expect(askedForRepair()).toEqual([false, true, true]);
});
