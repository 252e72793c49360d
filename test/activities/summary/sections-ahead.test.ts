import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createActivities } from '../../../activities/index.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { homeOf } from '../../../activities/job/read-job-input.ts';
import { mapConcurrent } from '../../../activities/map-concurrent.ts';
import { sha256 } from '../../../adapters/identity/digest.ts';
import type { TokenCounter } from '../../../adapters/inference/tokenizers/token-counter.ts';
import {
  planKey,
  resultKey,
  scratchPrefix,
  windowKey,
} from '../../../adapters/object-store/keys.ts';
import type { StoredResult } from '../../../workflows/contracts/stored-results.ts';
import type { SummaryDraft } from '../../../workflows/contracts/summary-draft.ts';
import { attempt, openBench } from '../activity-bench.ts';
import { planOf } from '../recording/plans.ts';

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

const requestSchema = z.object({ messages: z.array(z.object({ content: z.string() })) });
const promptOf = (body: Buffer) =>
  requestSchema
    .parse(JSON.parse(String(body)))
    .messages.map(({ content }) => content)
    .join('\n');

/** The model: it cites the first line of its prompt. */
function answerTo(prompt: string) {
  const [, id = '', quote = ''] = /^\[(s\d+)[^\]]*\] (.*)$/m.exec(prompt) ?? [];
  const draft: SummaryDraft = {
    summary: `Section from ${id}.`,
    keyPoints: [{ text: `What ${id} says`, citations: [{ segmentIds: [id], quote }] }],
    decisions: [],
    openQuestions: [],
    actionItems: [],
  };
  return { status: 200, body: { choices: [{ message: { content: JSON.stringify(draft) } }] } };
}

/** Twenty answers in turn: what is stored is little, and the sections differ by their ids and times. */
const spoken = (segments: number): string[] =>
  Array.from(
    { length: segments },
    (_one, index) =>
      `In item ${index % 20} the council spoke of the harbour and of what its repair would cost, which is ${'a long story, as everybody said, '.repeat(4)}or so.`,
  );

/** A recording of these chunks, 20 s each, the first `windows` of 200 of which are transcribed. */
async function heard(texts: readonly string[], windows: number) {
  const job = await bench.newJob();
  const { tenant, jobId, source } = job;
  const { store } = bench.deps;
  const key = planKey(tenant, source.sha256, 3, 28);
  const plan = { ...planOf(texts.map(() => 20)), sourceSha256: source.sha256 };
  await store.putJson(key, plan);
  const ask = async (window: number) => {
    const chunks = plan.chunks.slice(window * 200, (window + 1) * 200);
    const said = new Set(chunks.map(({ index }) => texts[index] ?? ''));
    await mapConcurrent([...said], async (text) => {
      const result = { ...TRANSCRIBED, callKey: sha256(text), workKey: sha256(text) };
      await store.putJson(resultKey(homeOf(job), 'transcribe', sha256(text)), {
        ...result,
        answer: { text, language: 'en', segments: [{ start: 0, end: 19, text }] },
      });
    });
    await store.putJson(windowKey(tenant, jobId, window), {
      schemaVersion: 1,
      window,
      chunks: chunks.map(({ index }) => ({
        index,
        outcome: 'answered',
        resultKey: resultKey(homeOf(job), 'transcribe', sha256(texts[index] ?? '')),
      })),
    });
  };
  for (let window = 0; window < windows; window += 1) await ask(window);
  const runId = 'a0000000-0000-4000-8000-00000000000c';
  const at = { tenant, jobId, runId, generation: 0, contextTokens: CONTEXT_TOKENS };
  return { at, planKey: key, ask };
}
const TRANSCRIBED: Omit<StoredResult, 'callKey' | 'workKey' | 'answer'> = {
  schemaVersion: 1,
  role: 'transcribe',
  ordinal: 1,
  ledgerEntryId: '1',
  target: 'whisper',
  contract: 'hf-task',
  model: 'openai/whisper-base',
  label: null,
  provider: null,
  servedModel: null,
  revision: null,
  requestId: null,
  createdAt: '2026-03-02T10:00:00.000Z',
  usage: {
    inputTokens: null,
    outputTokens: null,
    audioSeconds: 20,
    images: null,
    computeSeconds: null,
  },
};

/** A tokenizer that counts half as many tokens as the estimate, so that sections are longer. */
const letters: TokenCounter = {
  name: 'letters',
  source: 'hub',
  count: (text) => Math.ceil(text.length / 6),
};
const activities = (counter: TokenCounter | null = null, deps: Partial<Dependencies> = {}) =>
  createActivities({
    ...bench.deps,
    ...(counter !== null && { tokens: { counterFor: () => Promise.resolve(counter) } }),
    ...deps,
  });
const paid = () => ({ target: bench.recorded.summarize, last: true });

type At = Awaited<ReturnType<typeof heard>>['at'];

/** Summarises these sections ahead of the others; gives the call keys of the answers. */
async function summarizeAhead(at: At, open: readonly number[]): Promise<string[]> {
  const answers: string[] = [];
  for (const section of open) {
    const summarize = () =>
      activities().summarizeSection({ ...at, ...paid(), section, ahead: true });
    answers.push((await attempt(summarize)).callKey ?? '');
  }
  return answers;
}

test('sections that are summarised while the rest is transcribed are found when the whole transcript is cut', async () => {
  const { at, planKey: key, ask } = await heard(spoken(250), 1);
  const ahead = () => activities().cutAhead({ ...at, planKey: key, windows: 1 });
  const { open } = await attempt(ahead);
  expect(open.length).toBeGreaterThan(2);
  expect(open).toEqual([...open.keys()]);
  const answers = await summarizeAhead(at, open);
  expect(await attempt(ahead)).toEqual({ open: [] });

  await ask(1);
  await attempt(() => activities().assembleTranscript({ ...at, planKey: key, windows: 2 }));
  const { sections, held = [] } = await attempt(() =>
    activities().cutSections({ ...at, halve: [] }),
  );
  expect(sections.length).toBeGreaterThan(open.length);
  expect(held.slice(0, open.length)).toEqual(
    answers.map((callKey) => ({ callKey, target: 'mixtral' })),
  );
  expect(held.slice(open.length)).toEqual(sections.slice(open.length).map(() => null));
  expect(bench.provider.requests).toHaveLength(open.length);
}, 60_000);

test.each([
  ['goes', letters, null],
  ['comes', null, letters],
])(
  'a tokenizer that %s between two cuts changes no section that is cut',
  async (_, first, later) => {
    const { at, planKey: key, ask } = await heard(spoken(450), 1);
    const cutAt = (windows: number, counter: TokenCounter | null, runId = at.runId) =>
      attempt(() => activities(counter).cutAhead({ ...at, runId, planKey: key, windows }));
    const early = await cutAt(1, first);
    const answers = await summarizeAhead(at, early.open);
    expect(early.open.length).toBeGreaterThan(1);

    await ask(1);
    const more = await cutAt(2, later);
    expect(more.open[0]).toBe(early.open.length);
    answers.push(...(await summarizeAhead(at, more.open)));

    // Another run of the job begins again, without the scratch of this one.
    await bench.deps.store.deletePrefix(scratchPrefix(at.tenant, at.jobId, at.runId));
    const again = { ...at, runId: 'a0000000-0000-4000-8000-00000000000d' };
    expect(await cutAt(1, later, again.runId)).toEqual({ open: [] });
    const { open } = await cutAt(2, first, again.runId);
    expect(open.filter((section) => section < answers.length)).toEqual([]);

    await ask(2);
    await attempt(() => activities().assembleTranscript({ ...at, planKey: key, windows: 3 }));
    const { sections, held = [] } = await attempt(() =>
      activities(later).cutSections({ ...again, halve: [] }),
    );
    expect(sections.length).toBeGreaterThan(answers.length);
    expect(held.slice(0, answers.length).map((one) => one?.callKey)).toEqual(answers);
    expect(bench.provider.requests).toHaveLength(answers.length);
  },
  120_000,
);

test('each cut ahead reads the answers that are new, and no earlier ones', async () => {
  const { at, planKey: key, ask } = await heard(spoken(450), 1);
  let reads = 0;
  const { store } = bench.deps;
  const counting = <T extends (key: string, ...others: never[]) => unknown>(read: T) =>
    ((asked: string, ...others: never[]) => {
      if (asked.includes('/results/transcribe/')) reads += 1;
      return read(asked, ...others);
    }) as T;
  const watched = {
    ...store,
    getJson: counting(store.getJson),
    findJson: counting(store.findJson),
  };
  const cutAt = async (windows: number, from: number) => {
    reads = 0;
    const ahead = { ...at, planKey: key, windows, from };
    const { open } = await attempt(() => activities(null, { store: watched }).cutAhead(ahead));
    return { open, reads };
  };
  const first = await cutAt(1, 0);
  expect(first.reads).toBe(200);
  await ask(1);
  const next = first.open.length;
  const second = await cutAt(2, next);
  expect(second.reads).toBe(200);
  expect(second.open).toEqual(second.open.map((_, index) => next + index));
  expect(second.open.length).toBeGreaterThan(2);
  // A second attempt at the same cut, and one that finds nothing of the earlier ones.
  expect(await cutAt(2, next)).toEqual({ open: second.open, reads: 0 });
  await store.deletePrefix(scratchPrefix(at.tenant, at.jobId, at.runId));
  expect(await cutAt(2, next)).toEqual({ open: second.open, reads: 400 });
  // An older workflow does not say where it is.
  const { from: _from, ...older } = { ...at, planKey: key, windows: 2, from: 0 };
  expect(await attempt(() => activities().cutAhead(older))).toEqual({
    open: [...first.open, ...second.open],
  });
}, 60_000);
