import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { runsOf } from '../support/runs-of.ts';
import { recordedTarget } from '../workflows/recorded-target.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  prepared,
  refusal,
  sections,
  started,
} from '../workflows/workflow-bench.ts';

/** The most that the shortest chunks, of five seconds, make of the longest recording. */
const CHUNKS = 17_280;
/** What targets with the smallest context make of a day in which nobody is silent. */
const SECTIONS = 1_600;

const callKey = (name: string) => createHash('sha256').update(name).digest('hex');
const numbers = (count: number) => Array.from({ length: count }, (_one, index) => index);

test('a day in chunks of five seconds fits into runs whose histories are bounded', async () => {
  await using bench = await openWorkflowBench();
  const answered = new Set<number>();
  const named: string[] = [];
  const parts = new Map<string, readonly (string | null)[]>();
  const begun = Date.now();
  const job = await bench.run({
    startJob: started(
      { transcribe: [recordedTarget('first'), recordedTarget('second')] },
      { image: false },
    ),
    prepareRecording: prepared(CHUNKS),
    lookUpChunks: async (input) => {
      const { pending } = await ALL_GOES_WELL.lookUpChunks(input);
      const left = pending.filter(({ index }) => !answered.has(index));
      return { pending: left, held: pending.length - left.length, heldBy: [] };
    },
    transcribeChunk: async (input) => {
      const { index, stretch } = input;
      // One in a hundred is refused; one in twenty leaves something in doubt.
      if (index % 100 === 99) throw refusal('BadRequest');
      if (stretch === undefined) answered.add(index);
      const doubt = { index, stretch: { startSample: 1, endSample: 2 }, start: 1, end: 6 };
      return {
        ...(await ALL_GOES_WELL.transcribeChunk(input)),
        doubts: stretch === undefined && index % 20 === 0 ? [doubt] : [],
      };
    },
    cutSections: () => Promise.resolve(sections(SECTIONS)),
    summarizeSection: async (input) => ({
      ...(await ALL_GOES_WELL.summarizeSection(input)),
      callKey: callKey(`section ${input.section}`),
    }),
    keepAnswers: ({ level, part, answers }) => {
      parts.set(`${level}/${part}`, answers);
      return Promise.resolve();
    },
    planReduction: ({ level, parts: kept = 0, answers = [] }) => {
      const all = [
        ...numbers(kept).flatMap((part) => parts.get(`${level}/${part}`) ?? []),
        ...answers,
      ];
      if (level === 0) named.push(...all.map(String));
      return Promise.resolve({ groups: all.length === 1 ? 0 : Math.ceil(all.length / 6) });
    },
    reduceSummaries: async (input) => ({
      ...(await ALL_GOES_WELL.reduceSummaries(input)),
      callKey: callKey(`group ${input.level} ${input.group}`),
    }),
  });
  const runs = await runsOf(bench.client, job.handle.workflowId);
  const events = runs.map((run) => run.events);
  const sizes = runs.map((run) => run.sizeInBytes);
  console.log(
    [
      `${CHUNKS} chunks, ${SECTIONS} sections in ${((Date.now() - begun) / 1000).toFixed(0)} s`,
      `${runs.length} runs, ${events.reduce((sum, count) => sum + count, 0)} events`,
      `events of a run: ${Math.min(...events)} to ${Math.max(...events)}: ${events.join(' ')}`,
      `bytes of a run: ${Math.min(...sizes)} to ${Math.max(...sizes)}`,
    ].join('\n'),
  );

  expect(Math.max(...events)).toBeLessThan(10_000);
  expect(Math.max(...sizes)).toBeLessThan(5_000_000);
  const asked = job.inputsOf('transcribeChunk');
  const whole = asked.filter(({ stretch }) => stretch === undefined);
  expect(whole.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(numbers(CHUNKS));
  expect(asked.length - whole.length).toBe(CHUNKS / 20);
  expect(job.inputsOf('closeWindow').map(({ from }) => from)).toEqual(
    numbers(Math.ceil(CHUNKS / 200)).map((window) => window * 200),
  );
  expect(named).toEqual(numbers(SECTIONS).map((section) => callKey(`section ${section}`)));
  const progress = () => job.handle.query('progress');
  await expect.poll(progress, { timeout: 120_000 }).toMatchObject({
    chunks: { done: CHUNKS - Math.floor(CHUNKS / 100), total: CHUNKS },
    sections: { done: SECTIONS, total: SECTIONS },
  });
}, 3_600_000);
