import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createActivities } from '../../../activities/index.ts';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { changeKey, outputKey, templateKey } from '../../../adapters/object-store/keys.ts';
import { outputFolder } from '../../../adapters/object-store/output-folder.ts';
import type { SectionsReference, Summarized } from '../../../workflows/contracts/summarizing.ts';
import { editedSchema } from '../../../workflows/contracts/edited.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { minutesSchema } from '../../../workflows/contracts/minutes.ts';
import type { Change } from '../../../workflows/contracts/revision.ts';
import { templateSchema } from '../../../workflows/contracts/template.ts';
import {
  transcriptSchema,
  type Segment,
  type Transcript,
} from '../../../workflows/contracts/transcript.ts';
import { attempt, openBench } from '../activity-bench.ts';
import { sampleMinutes } from '../minutes/render/sample-minutes.ts';
import { transcriptOf } from '../transcript/transcripts.ts';

/**
 * A corrected transcript of several sections that is summarised anew, on a real store and ledger, in the order of the
 * workflow: what is paid again is counted by the provider, and compared with what the person was told.
 */

let bench: Awaited<ReturnType<typeof openBench>>;
let job: JobInput;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  job = await bench.newJob();
  const { tenant, jobId } = job;
  const { store, library } = bench.deps;
  bench.provider.requests.length = 0;
  bench.provider.answer = ({ body }) => Promise.resolve(answerTo(String(body)));
  await bench.begin(job, RUN);
  await library.nextVersion(job);
  const minutesKey = outputKey(tenant, jobId, 1, 'minutes.json');
  const none = { keyPoints: [], decisions: [], openQuestions: [], actionItems: [] };
  await store.putJson(minutesKey, { ...sampleMinutes, ...none, id: jobId, tenant });
  await store.putJson(outputKey(tenant, jobId, 1, 'transcript.json'), MEETING);
  await attempt(() => activities().publishMinutes({ tenant, jobId, runId: RUN, minutesKey }));
});

const RUN = 'a0000000-0000-4000-8000-000000000002';
/** The smallest allowed: 36 segments of 500 characters are several sections. */
const CONTEXT_TOKENS = 4096;
const MEETING: Transcript = {
  ...transcriptOf(
    Array.from({ length: 36 }, (_, at) =>
      `We agreed to paint house ${at + 1} next. ${'It took us a while, as always. '.repeat(15)}`.trim(),
    ),
  ),
  language: 'en',
};
const activities = () => createActivities(bench.deps);

const requestSchema = z.object({ messages: z.array(z.object({ content: z.string() })) });

/** The model decides what each line of a section says that somebody agreed to, and joins all that it is told. */
function answerTo(body: string) {
  const prompt = requestSchema
    .parse(JSON.parse(body))
    .messages.map(({ content }) => content)
    .join('\n');
  const lines = prompt.matchAll(/^\[(s\d+)[^\]]*\] (We agreed to [^.]*)\./gm);
  const ofSection = [...lines].slice(0, 1).map(([, id = '', quote = '']) => decided(quote, id));
  const partials = /^\[\{"summary".*$/m.exec(prompt)?.[0];
  const decisions =
    partials === undefined
      ? ofSection
      : z
          .array(z.object({ decisions: z.array(z.json()) }))
          .parse(JSON.parse(partials))
          .flatMap((one) => one.decisions);
  const draft = {
    summary: 'Houses.',
    keyPoints: [],
    decisions,
    openQuestions: [],
    actionItems: [],
    sections: { section1: [] },
  };
  return { status: 200, body: { choices: [{ message: { content: JSON.stringify(draft) } }] } };
}
const decided = (quote: string, id: string) => ({
  text: quote.replace('We agreed to', 'To'),
  citations: [{ segmentIds: [id], quote }],
});

type Wanted =
  | Pick<Extract<Change, { kind: 'edit' }>, 'kind' | 'edited'>
  | Pick<Extract<Change, { kind: 'resummarize' }>, 'kind' | 'language' | 'target' | 'template'>;

async function ask(wanted: Wanted) {
  const { tenant, jobId } = job;
  const row = await bench.deps.library.find(tenant, jobId);
  const change: Change = {
    schemaVersion: 1,
    by: 'Ann',
    at: '2026-03-02T10:00:00.000Z',
    baseKey: row?.minutesKey ?? '',
    ...wanted,
  };
  const digest = digestOf(change);
  await bench.deps.store.putJson(changeKey(tenant, jobId, digest), change);
  const reference = { tenant, jobId, change: digest };
  await attempt(() => activities().startRevision(reference));
  return reference;
}
type Reference = Awaited<ReturnType<typeof ask>>;

async function publish(reference: Reference, summarized?: Summarized) {
  const summary = summarized && { summarized, chain: ['mixtral'], degradations: [] };
  const rendered = await attempt(() =>
    activities().renderRevision({ ...reference, ...(summary && { summary }) }),
  );
  await attempt(() => activities().publishRevision({ ...reference, ...rendered }));
  const { store } = bench.deps;
  const folder = outputFolder(job.tenant, job.jobId, rendered.minutesKey);
  return {
    minutes: await store.getJson(rendered.minutesKey, minutesSchema),
    transcript: await store.getJson(`${folder}transcript.json`, transcriptSchema),
  };
}

/** `result`, a change in its transcript, `edit`. */
async function edit({ segments }: Transcript) {
  const edited = editedSchema.parse({ file: 'transcript', language: 'en', segments });
  return await publish(await ask({ kind: 'edit', edited }));
}

/** What `resummarize` tells a person, what it then asks of the provider, and what it makes. */
async function resummarize(template?: { readonly name: string; readonly sha256: string }) {
  const reference = await ask({
    kind: 'resummarize',
    language: null,
    target: null,
    ...(template && { template }),
  });
  const { tenant, jobId, change: revision } = reference;
  const at: SectionsReference = {
    tenant,
    jobId,
    runId: RUN,
    revision,
    generation: 0,
    contextTokens: CONTEXT_TOKENS,
  };
  const { held = [] } = await attempt(() => activities().cutSections({ ...at, halve: [] }));
  const told = await attempt(() => activities().countSummaryCalls(at));
  const asked = bench.provider.requests.length;
  const paid = { ...at, target: bench.recorded.summarize, last: true };
  let answers: (string | null)[] = [];
  for (const [section, answer] of held.entries()) {
    answers.push(
      answer?.callKey ??
        (await attempt(() => activities().summarizeSection({ ...paid, section }))).callKey ??
        null,
    );
  }
  const ofSections = bench.provider.requests.length - asked;
  for (let level = 0; ; level += 1) {
    const failedSections: [] = [];
    const summarized: Summarized = { ...at, mode: 'model', level, failedSections };
    const { groups } = await attempt(() => activities().planReduction({ ...summarized, answers }));
    if (groups === 0) {
      await attempt(() => activities().concludeSummary(summarized));
      const calls = bench.provider.requests.length - asked;
      return { told, ofSections, calls, ...(await publish(reference, summarized)) };
    }
    answers = [];
    for (let group = 0; group < groups; group += 1) {
      const { callKey = null } = await attempt(() =>
        activities().reduceSummaries({ ...paid, level, group, failedSections }),
      );
      answers.push(callKey);
    }
  }
}

const at = 13;
const [before, changed, after] = [
  MEETING.segments.slice(0, at),
  MEETING.segments[at],
  MEETING.segments.slice(at + 1),
];
if (changed === undefined) throw new Error('the meeting is longer');
const [decision = '', ...rest] = changed.text.split(/(?<=\.) /);
const part = ({ id: _id, ...segment }: Segment, text: string) => ({ ...segment, text }) as Segment;

test('of a corrected transcript one section is asked again, with the joins, as was told', async () => {
  const first = await resummarize();
  const { sections } = first.told;
  expect(sections).toBeGreaterThanOrEqual(3);
  expect(first.told).toEqual({ sections, calls: sections, atMost: 2 * sections - 1 });
  expect(first.ofSections).toBe(sections);
  const joins = first.calls - sections;
  expect(joins).toBeGreaterThan(0);

  // A word is another one, and the segment is two, with what it takes to name them both.
  const moved = { ...changed, text: decision.replace('paint', 'sell') };
  const edited = await edit({
    ...MEETING,
    segments: [...before, moved, part(changed, rest.slice(2).join(' ')), ...after],
  });
  expect(edited.transcript.segments[at + 1]?.id).toBe('s37');
  expect(edited.transcript.segments[at + 2]?.id).toBe(`s${at + 2}`);
  expect(bench.provider.requests).toHaveLength(first.calls);

  const second = await resummarize();
  expect(second.told).toEqual({ sections, calls: 1, atMost: sections });
  expect(second.ofSections).toBe(1);
  expect(second.calls).toBeLessThanOrEqual(1 + joins);
  expect(second.minutes.decisions).toHaveLength(sections);
  expect(second.minutes.decisions.every(({ verified }) => verified)).toBe(true);

  const third = await resummarize();
  expect(third).toMatchObject({ told: { sections, calls: 0, atMost: 0 }, calls: 0 });
}, 120_000);

test('the minutes cite the words that a person put in', async () => {
  await resummarize();
  const said = part(changed, 'We agreed to sell the barn. Nobody was against it.');
  // At the beginning of all that was said, so that the model finds it first.
  await edit({ ...MEETING, segments: [said, ...MEETING.segments] });
  const { told, ofSections, minutes } = await resummarize();
  expect({ told, ofSections }).toMatchObject({ told: { calls: 1 }, ofSections: 1 });
  expect(minutes.decisions[0]).toMatchObject({
    text: 'To sell the barn',
    verified: true,
    citations: [{ segmentIds: ['s37'], quote: 'We agreed to sell the barn' }],
  });
}, 120_000);

test('sections stay that only another revision has cut, for its template', async () => {
  const { store } = bench.deps;
  const template = templateSchema.parse({
    schemaVersion: 1,
    name: 'houses',
    length: 'medium',
    lists: ['decisions'],
    sections: [{ title: 'Risks', instruction: 'What may go wrong.' }],
  });
  const sha256 = digestOf(template);
  await store.putJson(templateKey(job.tenant, job.jobId, sha256), template);
  const first = await resummarize({ name: 'houses', sha256 });
  const { sections } = first.told;
  expect(first).toMatchObject({ ofSections: sections, minutes: { template: { id: 'houses' } } });
  await edit({ ...MEETING, segments: [...before, ...after] });
  const second = await resummarize();
  expect(second).toMatchObject({ told: { sections, calls: 1 }, ofSections: 1 });
}, 120_000);
