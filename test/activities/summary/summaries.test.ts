import type { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { summarySchema } from '../../../workflows/contracts/minutes.ts';
import { createActivities } from '../../../activities/index.ts';
import type { TokenCounter } from '../../../adapters/inference/tokenizers/token-counter.ts';
import { estimateTokens } from '../../../adapters/inference/tokenizers/estimate-tokens.ts';
import {
  readSummaryAnswers,
  readSummaryCalls,
  readSections,
  reductionSchema,
} from '../../../activities/summary/partial-summaries.ts';
import {
  jobInputKey,
  reductionKey,
  sourceHome,
  speakersKey,
  summaryKey,
  transcriptKey,
} from '../../../adapters/object-store/keys.ts';
import type { ItemFailure } from '../../../workflows/contracts/paid-activity.ts';
import type { SectionsReference } from '../../../workflows/contracts/summarizing.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import type { SummaryDraft } from '../../../workflows/contracts/summary-draft.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { attempt, openBench } from '../activity-bench.ts';

/** Sections, map, reduce and conclusion, in the order of the workflow. */

/** The smallest allowed context: a meeting of some minutes then has several sections. */
const CONTEXT_TOKENS = 4096;

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.provider.requests.length = 0;
  bench.provider.answer = ({ body }) => Promise.resolve(answerTo(promptOf(body)));
});

const requestSchema = z.object({
  max_tokens: z.int(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
});
const promptOf = (body: Buffer) =>
  requestSchema
    .parse(JSON.parse(String(body)))
    .messages.map(({ content }) => content)
    .join('\n');

/** The model: it cites the first line of its prompt and writes a long summary. */
function answerTo(prompt: string, words = 500) {
  const [, id = '', quote = ''] =
    /^\[(s\d+)[^\]]*\] (.*)$/m.exec(prompt) ??
    /"segmentIds":\["(s\d+)"\],"quote":"([^"]*)"/.exec(prompt) ??
    [];
  const draft: SummaryDraft = {
    summary: `${prompt.includes('partial minutes') ? 'Joined' : 'Section'} from ${id}. ${'word '.repeat(words)}`,
    keyPoints: [{ text: `What ${id} says`, citations: [{ segmentIds: [id], quote }] }],
    decisions: [],
    openQuestions: [],
    actionItems: [],
  };
  return { status: 200, body: { choices: [{ message: { content: JSON.stringify(draft) } }] } };
}

const TOPICS = ['harbour', 'bridge', 'ferry', 'market', 'school', 'tunnel'];
const longTranscript = (segments: number): Transcript => ({
  schemaVersion: 1,
  language: 'en',
  durationSeconds: segments * 4,
  segments: Array.from({ length: segments }, (_one, index) => ({
    id: `s${index + 1}`,
    start: index * 4,
    end: index * 4 + 4,
    speaker: null,
    language: 'en',
    text: `In item ${index} the council spoke of the ${TOPICS[index % TOPICS.length]} and of what its repair would cost in the year ${2000 + index}.`,
  })),
});

async function jobWith(transcript: Transcript): Promise<{ job: JobInput; at: SectionsReference }> {
  const job = await bench.newJob();
  await bench.deps.store.putJson(transcriptKey(job.tenant, job.jobId), transcript);
  const { tenant, jobId } = job;
  return { job, at: { tenant, jobId, generation: 0, contextTokens: CONTEXT_TOKENS } };
}

const activities = (counter: TokenCounter | null = null) =>
  createActivities(
    counter === null
      ? bench.deps
      : { ...bench.deps, tokens: { counterFor: () => Promise.resolve(counter) } },
  );
/** A tokenizer that counts half as many tokens, so that sections are longer. */
const letters: TokenCounter = {
  name: 'letters',
  source: 'hub',
  count: (text) => Math.ceil(text.length / 6),
};
const paid = () => ({ target: bench.recorded.summarize, last: true });

const cut = (at: SectionsReference, halve: number[] = []) =>
  attempt(() => activities().cutSections({ ...at, halve })).then(({ sections }) => sections.length);

/** Call keys of accepted answers, by section or group; undefined: as in older histories, which do not have them. */
type Answers = (string | null)[] | undefined;

async function summarizeAll(
  at: SectionsReference,
  sections: number,
  without: number[] = [],
): Promise<Answers> {
  const answers: Answers = [];
  for (let section = 0; section < sections; section += 1) {
    const summarize = () => activities().summarizeSection({ ...at, ...paid(), section });
    answers.push(without.includes(section) ? null : ((await attempt(summarize)).callKey ?? null));
  }
  return answers;
}

/** Groups of each level, until one summary is left. */
async function reduceAll(
  at: SectionsReference,
  answers: Answers,
  { failedSections = [], beforeEach = async () => {} }: ReduceOptions = {},
): Promise<number[]> {
  const levels: number[] = [];
  let joined = answers;
  for (let level = 0; ; level += 1) {
    await beforeEach();
    const planned = { ...at, level, failedSections, ...(joined && { answers: joined }) };
    const { groups } = await attempt(() => activities().planReduction(planned));
    if (groups === 0) return levels;
    const found: (string | null)[] = [];
    for (let group = 0; group < groups; group += 1) {
      await beforeEach();
      const { callKey } = await attempt(() =>
        activities().reduceSummaries({ ...at, ...paid(), level, group, failedSections }),
      );
      found.push(callKey ?? null);
    }
    joined = answers && found;
    levels.push(groups);
  }
}

interface ReduceOptions {
  readonly failedSections?: ItemFailure[];
  /** Runs before each activity. */
  readonly beforeEach?: () => Promise<unknown>;
}

const conclude = (
  at: SectionsReference,
  level: number,
  mode: 'model' | 'extractive' = 'model',
  failedSections: ItemFailure[] = [],
) => attempt(() => activities().concludeSummary({ ...at, mode, level, failedSections }));

const summaryOf = ({ tenant, jobId }: JobInput) =>
  bench.deps.store.getJson(summaryKey(tenant, jobId), summarySchema);

const prompts = () => bench.provider.requests.map(({ body }) => promptOf(body));

test('a long meeting is cut to fit, summarised whole, and joined level by level into one summary', async () => {
  const transcript = longTranscript(420);
  const { job, at } = await jobWith(transcript);
  const sections = await cut(at);
  expect(sections).toBeGreaterThan(6);
  const answers = await summarizeAll(at, sections);

  // Every character reaches a call, once and in order, and no call is larger than the context.
  const sent = prompts();
  expect(sent).toHaveLength(sections);
  const lines = sent.flatMap((prompt) =>
    [...prompt.matchAll(/^\[s\d+[^\]]*\] (.*)$/gm)].map(([, text]) => text),
  );
  expect(lines).toEqual(transcript.segments.map(({ text }) => text));

  const levels = await reduceAll(at, answers);
  expect(levels.length).toBeGreaterThan(1);
  expect(levels).toEqual(levels.toSorted((a, b) => b - a));
  expect(levels.at(-1)).toBe(1);
  for (const { body } of bench.provider.requests) {
    const { max_tokens: answer } = requestSchema.parse(JSON.parse(String(body)));
    expect(estimateTokens(promptOf(body)) + answer).toBeLessThanOrEqual(CONTEXT_TOKENS);
  }

  expect(await conclude(at, levels.length)).toEqual({ statements: 1, verified: 1 });
  const summary = await summaryOf(job);
  expect(summary.summary).toMatch(/^Joined from s1\./);
  expect(summary.keyPoints[0]?.citations[0]).toMatchObject({
    segmentIds: ['s1'],
    start: 0,
    end: 4,
  });

  // The second time, every answer is stored.
  bench.provider.requests.length = 0;
  expect(await summarizeAll(at, sections)).toEqual(answers);
  expect(await reduceAll(at, answers)).toEqual(levels);
  expect(bench.provider.requests).toEqual([]);
}, 60_000);

/** What a deployment of a newer prompt does: today's work keys, and those of the texts, lead to no answer. */
async function forgetWork({ tenant, source }: JobInput) {
  const { store } = bench.deps;
  const results = `${sourceHome(tenant, source.sha256)}/results/summarize`;
  await store.deletePrefix(`${results}/by-work/`);
  await store.deletePrefix(`${results}/latest/`);
}

test('what a job accepted is found by its recorded key, though a newer prompt was deployed meanwhile', async () => {
  const { job, at } = await jobWith(longTranscript(250));
  const answers = await summarizeAll(at, await cut(at));
  const levels = await reduceAll(at, answers, { beforeEach: () => forgetWork(job) });
  expect(levels.length).toBeGreaterThan(1);
  await forgetWork(job);
  await conclude(at, levels.length);
  expect((await summaryOf(job)).summary).toMatch(/^Joined from s1\./);

  const top = { ...at, level: levels.length, failedSections: [] };
  const made = await readSummaryCalls(bench.deps.store, job, top);
  const found = await readSummaryAnswers(bench.deps.store, job, made);
  const calls = bench.provider.requests.length;
  expect(new Set(found.map(({ callKey }) => callKey)).size).toBe(calls);
  expect(found).toHaveLength(calls);
});

test('a history that does not name its answers goes on with those under the prompt, or else the latest to the text', async () => {
  const { job, at } = await jobWith(longTranscript(160));
  await summarizeAll(at, await cut(at));
  const { tenant, source } = job;
  const { store } = bench.deps;
  await store.deletePrefix(`${sourceHome(tenant, source.sha256)}/results/summarize/by-work/`);
  const levels = await reduceAll(at, undefined);
  // As an older worker leaves it.
  const key = reductionKey(tenant, job.jobId, 0, 0, CONTEXT_TOKENS);
  const { partials: _, ...older } = await store.getJson(key, reductionSchema);
  await store.putJson(key, older);
  await conclude(at, levels.length);
  expect((await summaryOf(job)).summary).toMatch(/^Joined from s1\./);

  await forgetWork(job);
  const planAgain = () => activities().planReduction({ ...at, level: 0, failedSections: [] });
  await expect(attempt(planAgain)).rejects.toMatchObject({
    type: 'MissingObject',
    nonRetryable: true,
  });
});

test('a meeting that fits one call needs no reduction', async () => {
  const { job, at } = await jobWith(longTranscript(5));
  expect(await cut(at)).toBe(1);
  expect(await reduceAll(at, await summarizeAll(at, 1))).toEqual([]);
  await conclude(at, 0);
  expect((await summaryOf(job)).summary).toMatch(/^Section from s1\./);
  expect(bench.provider.requests).toHaveLength(1);
});

test('a section that is too large for a provider is halved alone: the others keep their words and their answers', async () => {
  const { at } = await jobWith(longTranscript(160));
  const sections = await cut(at);
  expect(sections).toBeGreaterThan(2);
  const before = await readSections(bench.deps.store, at);
  await summarizeAll(at, sections, [1]);

  const next = { ...at, generation: 1 };
  expect(await cut(next, [1])).toBe(sections + 1);
  const after = await readSections(bench.deps.store, next);
  expect(after.map(({ index }) => index)).toEqual(after.map((_section, index) => index));
  expect([after[0]?.text, ...after.slice(3).map(({ text }) => text)]).toEqual([
    before[0]?.text,
    ...before.slice(2).map(({ text }) => text),
  ]);
  expect(`${after[1]?.text}\n${after[2]?.text}`).toBe(before[1]?.text);

  bench.provider.requests.length = 0;
  await summarizeAll(next, sections + 1);
  expect(bench.provider.requests).toHaveLength(2);
});

test('a section that failed is left out, and the rest is still joined into one', async () => {
  const { job, at } = await jobWith(longTranscript(160));
  const sections = await cut(at);
  const answers = await summarizeAll(at, sections, [0]);
  const failed = [{ index: 0, reason: 'BadRequest' }];
  const levels = await reduceAll(at, answers, { failedSections: failed });
  await conclude(at, levels.length, 'model', failed);
  const second = (await readSections(bench.deps.store, at))[1];
  expect((await summaryOf(job)).summary).toContain(`from ${second?.segmentIds[0]}.`);
});

test('answers that are kept in parts are joined as those that the workflow names', async () => {
  const { at } = await jobWith(longTranscript(160));
  const sections = await cut(at);
  const answers = (await summarizeAll(at, sections, [1])) ?? [];
  expect(sections).toBeGreaterThan(3);
  const run = { ...at, runId: 'a0000000-0000-4000-8000-00000000000b' };
  await attempt(() =>
    activities().keepAnswers({ ...run, level: 0, part: 0, answers: answers.slice(0, 2) }),
  );
  await attempt(() =>
    activities().keepAnswers({ ...run, level: 0, part: 1, answers: answers.slice(2, 3) }),
  );
  const rest = { parts: 2, answers: answers.slice(3) };
  const level = { ...run, level: 0, failedSections: [{ index: 1, reason: 'BadRequest' }] };
  await attempt(() => activities().planReduction({ ...level, ...rest }));
  const key = reductionKey(at.tenant, at.jobId, 0, 0, CONTEXT_TOKENS);
  const { partials } = await bench.deps.store.getJson(key, reductionSchema);
  expect(partials).toEqual(answers.filter((answer) => answer !== null));
});

test('a group of one is passed on without a call', async () => {
  // Two partial summaries of this length fill a call, so the third of three is alone.
  bench.provider.answer = ({ body }) => Promise.resolve(answerTo(promptOf(body), 1_400));
  const { at } = await jobWith(longTranscript(92));
  const sections = await cut(at);
  expect(sections).toBe(3);
  const answers = (await summarizeAll(at, sections)) ?? [];
  bench.provider.requests.length = 0;
  const { groups } = await attempt(() =>
    activities().planReduction({ ...at, level: 0, failedSections: [], answers }),
  );
  expect(groups).toBe(2);
  const alone = await attempt(() =>
    activities().reduceSummaries({
      ...at,
      ...paid(),
      level: 0,
      group: groups - 1,
      failedSections: [],
    }),
  );
  expect(alone).toEqual({ target: 'mixtral', reused: true, callKey: answers.at(-1) });
  expect(bench.provider.requests).toEqual([]);
});

test('a stored cut and plan are kept for the same text even if another tokenizer counts now', async () => {
  const { job, at } = await jobWith(longTranscript(160));
  const sections = await cut(at);
  const cutBy = async (counter: TokenCounter) =>
    (await attempt(() => activities(counter).cutSections({ ...at, halve: [] }))).sections.length;
  expect(await cutBy(letters)).toBe(sections);
  await summarizeAll(at, sections);
  const planBy = async (counter: TokenCounter | null) =>
    (
      await attempt(() =>
        activities(counter).planReduction({ ...at, level: 0, failedSections: [] }),
      )
    ).groups;
  const groups = await planBy(null);
  expect(groups).toBeGreaterThan(1);
  expect(await planBy(letters)).toBe(groups);

  // Other partial summaries are planned again: a single one needs no reduction.
  const failedSections = Array.from({ length: sections - 1 }, (_, index) => ({
    index: index + 1,
    reason: 'TooLarge',
  }));
  const planOfOne = () => activities().planReduction({ ...at, level: 0, failedSections });
  expect(await attempt(planOfOne)).toEqual({ groups: 0 });

  // A cut of an earlier version, which did not record where each segment was heard.
  const heard = longTranscript(160);
  const segments = heard.segments.map((segment) => ({ ...segment, chunk: 3, again: 0 }));
  const key = transcriptKey(job.tenant, job.jobId);
  await bench.deps.store.putJson(key, { ...heard, segments });
  expect(await cutBy(letters)).toBe(sections);

  // A revision cuts what the job has cut.
  const revision = 'c'.repeat(64);
  const { tenant, jobId } = job;
  const revised = { ...job, revision, documentLanguage: 'en', onlyTarget: null, names: {} };
  await bench.deps.store.putJson(jobInputKey(tenant, jobId, revision), revised);
  await bench.deps.store.putJson(transcriptKey(tenant, jobId, revision), heard);
  const ofRevision = await attempt(() =>
    activities(letters).cutSections({ ...at, revision, halve: [] }),
  );
  expect(ofRevision.held).toHaveLength(sections);
  expect(ofRevision.held).not.toContain(null);

  // One that goes on longer keeps what was cut of it, one with other words the rest, and another one is cut again.
  const longer = longTranscript(161);
  await bench.deps.store.putJson(key, longer);
  expect(await cutBy(letters)).toBe(sections);
  const [first] = longer.segments;
  if (first === undefined) throw new Error('the transcript is empty');
  const corrected = [{ ...first, text: 'Good morning.' }, ...longer.segments.slice(1)];
  await bench.deps.store.putJson(key, { ...longer, segments: corrected });
  expect(await cutBy(letters)).toBe(sections);
  const others = longer.segments.map((segment) => ({ ...segment, text: `${segment.text} Well.` }));
  await bench.deps.store.putJson(key, { ...longer, segments: others });
  expect(await cutBy(letters)).toBeLessThan(sections);
});

test("an answer may be no longer than the target's own tokenizer leaves room for", async () => {
  const { summarize } = bench.deps.inference.roles;
  const [target] = summarize;
  if (target === undefined) throw new Error('the bench has a target');
  const [left, prompt] = [400, { count: 0 }];
  const counter: TokenCounter = {
    name: 'one',
    source: 'hub',
    count: (text) => {
      prompt.count += text.length;
      return text.length;
    },
  };
  const { at } = await jobWith(longTranscript(5));
  await cut(at);
  const ask = (contextTokens: number) =>
    attempt(() =>
      createActivities({
        ...bench.deps,
        tokens: { counterFor: () => Promise.resolve(counter) },
        inference: {
          ...bench.deps.inference,
          roles: { ...bench.deps.inference.roles, summarize: [{ ...target, contextTokens }] },
        },
      }).summarizeSection({ ...at, ...paid(), section: 0 }),
    );
  const failure = (await ask(1000).catch((error: unknown) => error)) as ApplicationFailure;
  expect(failure).toMatchObject({ type: 'TooLarge' });
  expect(bench.provider.requests).toEqual([]);

  // 672 are kept for the chat template and the schema.
  await ask(prompt.count + 672 + left);
  const { max_tokens: answer } = requestSchema.parse(
    JSON.parse(String(bench.provider.requests[0]?.body)),
  );
  expect(answer).toBe(left);
});

test('an answer that is no summary is billed and rejected, and reaches no summary', async () => {
  bench.provider.answer = () =>
    Promise.resolve({ status: 200, body: { choices: [{ message: { content: 'I am sorry.' } }] } });
  const { at } = await jobWith(longTranscript(5));
  await cut(at);
  const failure = (await attempt(() =>
    activities().summarizeSection({ ...at, ...paid(), section: 0 }),
  ).catch((error: unknown) => error)) as ApplicationFailure;
  expect(failure).toMatchObject({ type: 'BadReply', nonRetryable: false });
  expect(failure.message).not.toContain('sorry');
  const counts = await bench.deps.ledger.countByState(at.tenant, at.jobId);
  expect(counts).toMatchObject({ accepted: 0, rejected: 1 });
});

test('the extractive summary asks no model and finds what was decided at the beginning, the middle and the end', async () => {
  const transcript = longTranscript(300);
  const decisions = [
    'We decided to close the old pier.',
    'We agreed to buy a new ferry.',
    'We decided to paint the bridge.',
  ];
  const segments = transcript.segments.map((segment, index) => {
    const decision = decisions[[0, 150, 299].indexOf(index)];
    return decision === undefined ? segment : { ...segment, text: decision };
  });
  const { job, at } = await jobWith({ ...transcript, segments });
  const facts = await conclude(at, 0, 'extractive');
  expect(facts.verified).toBe(facts.statements);
  const summary = await summaryOf(job);
  expect(summary.decisions.map(({ citations }) => citations[0]?.segmentIds)).toEqual([
    ['s1'],
    ['s151'],
    ['s300'],
  ]);
  expect(bench.provider.requests).toEqual([]);
});

test('partial summaries that were not joined are no summary', async () => {
  const { at } = await jobWith(longTranscript(160));
  const answers = await summarizeAll(at, await cut(at));
  const planned = { ...at, level: 0, failedSections: [], ...(answers && { answers }) };
  await attempt(() => activities().planReduction(planned));
  await expect(conclude(at, 0)).rejects.toThrow('not one');
});

test('attendees help to name the speakers: the section says who they are, without a call of its own', async () => {
  const lines = [
    [
      'S1',
      'Good morning. I am Ann, and I will tell you about the ferry and what its repair costs.',
    ],
    [
      'S2',
      'The tests of the ferry are green since Monday, and nobody has to wait for them any longer.',
    ],
    ['S1', 'Thank you, Bob. We decided to repair the ferry before the bridge is closed.'],
    ['S3', 'I have nothing to add to that, and will look after the market and the school.'],
  ] as const;
  const transcript: Transcript = {
    ...longTranscript(4),
    segments: lines.map(([speaker, text], index) => ({
      id: `s${index + 1}`,
      start: index * 4,
      end: index * 4 + 4,
      speaker,
      language: 'en',
      text,
    })),
  };
  const draft = {
    summary: 'The ferry is repaired.',
    keyPoints: [
      {
        text: 'The tests are green.',
        citations: [{ segmentIds: ['s2'], quote: 'The tests of the ferry are green' }],
      },
    ],
    decisions: [],
    openQuestions: [],
    actionItems: [],
    speakers: [
      {
        id: 'S2',
        name: 'Bob',
        citation: { segmentIds: ['s3'], quote: 'Thank you, Bob' },
      },
      // A guess.
      { id: 'S3', name: 'Tom Reed', citation: { segmentIds: ['s4'], quote: 'nothing to add' } },
    ],
  };
  const message = { content: JSON.stringify(draft) };
  bench.provider.answer = () => Promise.resolve({ status: 200, body: { choices: [{ message }] } });
  const options = {
    date: null,
    language: 'en',
    attendees: ['Ann Lee', 'Bob Stone', 'Tom Reed'],
    template: 'standard' as const,
    image: false,
  };
  const job = await bench.newJob(null, { options });
  const { tenant, jobId } = job;
  await bench.deps.store.putJson(transcriptKey(tenant, jobId), transcript);
  const at = { tenant, jobId, generation: 0, contextTokens: CONTEXT_TOKENS };
  expect(await cut(at)).toBe(1);
  await summarizeAll(at, 1);
  await conclude(at, 0);
  expect((await summaryOf(job)).heardNames).toEqual([
    {
      id: 'S1',
      name: 'Ann Lee',
      citation: { start: 0, end: 4, speaker: 'S1', quote: 'I am Ann', segmentIds: ['s1'] },
    },
    {
      id: 'S2',
      name: 'Bob Stone',
      citation: { start: 8, end: 12, speaker: 'S1', quote: 'Thank you, Bob', segmentIds: ['s3'] },
    },
  ]);
  expect(bench.provider.requests).toHaveLength(1);
  expect(prompts()[0]).toContain('["Ann Lee","Bob Stone","Tom Reed"]');

  // Rules know who introduces themselves.
  await conclude(at, 0, 'extractive');
  const byRules = (await summaryOf(job)).heardNames ?? [];
  expect(byRules.map(({ id, name }) => [id, name])).toEqual([['S1', 'Ann Lee']]);
  expect(bench.provider.requests).toHaveLength(1);
});

test('what a speaker says bears out a claim about the name that they were given, and about no other', async () => {
  const transcript = longTranscript(4);
  const said = 'I will book the room.';
  const { job, at } = await jobWith({
    ...transcript,
    segments: transcript.segments.map((segment, index) => ({
      ...segment,
      speaker: index === 3 ? 'S2' : 'S1',
      text: index === 0 ? said : segment.text,
    })),
  });
  const names = { S1: 'Ann', S2: 'Bob' };
  await bench.deps.store.putJson(speakersKey(job.tenant, job.jobId), { schemaVersion: 1, names });
  const claim = (text: string) => ({ text, citations: [{ segmentIds: ['s1'], quote: said }] });
  const content = JSON.stringify({
    summary: 'A room is booked.',
    keyPoints: [claim('Ann books the room.'), claim('Bob books the room.')],
    decisions: [],
    openQuestions: [],
    actionItems: [],
  } satisfies SummaryDraft);
  bench.provider.answer = () =>
    Promise.resolve({ status: 200, body: { choices: [{ message: { content } }] } });
  const answers = await summarizeAll(at, await cut(at));
  await conclude(at, (await reduceAll(at, answers)).length);
  expect((await summaryOf(job)).keyPoints).toMatchObject([
    { text: 'Ann books the room.', verified: true },
    { text: 'Bob books the room.', verified: true, unsupported: true },
  ]);
  expect((await summaryOf(job)).keyPoints[0]).not.toHaveProperty('unsupported');
});
