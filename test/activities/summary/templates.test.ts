import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createActivities } from '../../../activities/index.ts';
import { templateKey, summaryKey, transcriptKey } from '../../../adapters/object-store/keys.ts';
import { BUILT_IN } from '../../../client/templates/built-in-names.ts';
import { readBuiltIn } from '../../../client/templates/choose-template.ts';
import { parseTemplate } from '../../../client/templates/template-file.ts';
import { digestOf } from '../../../adapters/identity/digest.ts';
import type { SectionsReference } from '../../../workflows/contracts/summarizing.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { summarySchema } from '../../../workflows/contracts/minutes.ts';
import type { Template } from '../../../workflows/contracts/template.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import { attempt, openBench } from '../activity-bench.ts';

// Each test makes several calls with their rows and objects, and the machine may be busy.
vi.setConfig({ testTimeout: 90_000 });

/** A job with a template from the cut to the conclusion, by a model that fills every field that the schema asks for. */

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.provider.requests.length = 0;
  bench.openGates();
  bench.provider.answer = ({ body }) => Promise.resolve(reply(filled(body)));
});

const fields = z.object({ properties: z.record(z.string(), z.unknown()) });
const requestSchema = z.object({
  messages: z.array(z.object({ content: z.string() })),
  response_format: z.object({ json_schema: z.object({ schema: fields }) }),
});
const reply = (draft: object) => ({
  status: 200,
  body: { choices: [{ message: { content: JSON.stringify(draft) } }] },
});

/** An entry for each field, which cites the first line or the first citation of the prompt. */
function filled(body: Buffer, skip: readonly string[] = []) {
  const request = requestSchema.parse(JSON.parse(String(body)));
  const prompt = request.messages.map(({ content }) => content).join('\n');
  const [, id = '', quote = ''] =
    /^\[(s\d+)[^\]]*\] (.*)$/m.exec(prompt) ??
    /"segmentIds":\["(s\d+)"\],"quote":"([^"]*)"/.exec(prompt) ??
    [];
  const entry = { text: 'It was said.', task: 'Do it', owner: null, dueText: null };
  const list = [{ ...entry, citations: [{ segmentIds: [id], quote }] }];
  const { properties } = request.response_format.json_schema.schema;
  const own = Object.keys(fields.safeParse(properties['sections']).data?.properties ?? {});
  const written = own.filter((key) => !skip.includes(key));
  const words = prompt.includes('partial minutes') ? 'Joined.' : 'A section of the talk.';
  return {
    ...Object.fromEntries(Object.keys(properties).map((name) => [name, list])),
    summary: words,
    ...(own.length > 0 && { sections: Object.fromEntries(written.map((key) => [key, list])) }),
  };
}

const TALK: Transcript = {
  schemaVersion: 1,
  language: 'en',
  durationSeconds: 520,
  segments: Array.from({ length: 130 }, (_one, index) => ({
    id: `s${index + 1}`,
    start: index * 4,
    end: index * 4 + 4,
    speaker: null,
    language: 'en',
    text: `In item ${index} somebody spoke of the bridge, and of what its repair would cost the town.`,
  })),
};

async function jobWith(template: Template, change: Partial<JobInput> = {}, transcript = TALK) {
  const sha256 = digestOf(template);
  const job = await bench.newJob(null, {
    schemaVersion: 3,
    template: { name: template.name, sha256 },
    ...change,
  });
  const { tenant, jobId } = job;
  await bench.deps.store.putJson(templateKey(tenant, jobId, sha256), template);
  await bench.deps.store.putJson(transcriptKey(tenant, jobId), transcript);
  return { job, at: { tenant, jobId, generation: 0, contextTokens: 8192 } };
}

const paid = () => ({ target: bench.recorded.summarize, last: true });

/** Cut, map, and reduce by one call; the number of sections. */
async function summarize(at: SectionsReference): Promise<number> {
  const activities = createActivities(bench.deps);
  const { sections } = await attempt(() => activities.cutSections({ ...at, halve: [] }));
  const answers: (string | null)[] = [];
  for (const section of sections.keys()) {
    const summarizeOne = () => activities.summarizeSection({ ...at, ...paid(), section });
    answers.push((await attempt(summarizeOne)).callKey ?? null);
  }
  const level = { ...at, level: 0, failedSections: [] };
  await attempt(() => activities.planReduction({ ...level, answers }));
  const { callKey = null } = await attempt(() =>
    activities.reduceSummaries({ ...level, ...paid(), group: 0 }),
  );
  await attempt(() => activities.planReduction({ ...level, level: 1, answers: [callKey] }));
  await attempt(() =>
    activities.concludeSummary({ ...at, mode: 'model', level: 1, failedSections: [] }),
  );
  return sections.length;
}

const summaryOf = ({ tenant, jobId }: JobInput) =>
  bench.deps.store.getJson(summaryKey(tenant, jobId), summarySchema);

test.each(BUILT_IN)(
  '%s: every section is asked for, answered, joined and verified',
  async (name) => {
    const template = await readBuiltIn(name);
    const { job, at } = await jobWith(template);
    expect(await summarize(at)).toBeGreaterThan(1);
    const summary = await summaryOf(job);
    expect(summary.summary).toBe('Joined.');
    expect(summary.sections?.map(({ title }) => title)).toEqual(
      template.sections.map(({ title }) => (typeof title === 'string' ? title : title['en'])),
    );
    for (const { items, unwritten } of summary.sections ?? []) {
      expect(items).toMatchObject([{ verified: true, citations: [{ segmentIds: ['s1'] }] }]);
      expect(unwritten).toBeUndefined();
    }
    for (const list of ['keyPoints', 'decisions', 'openQuestions', 'actionItems'] as const) {
      expect(summary[list]).toHaveLength(template.lists.includes(list) ? 1 : 0);
    }
  },
);

const RISKS = parseTemplate(
  'risks.yaml',
  'name: Risks\nlists: []\nsections:\n' +
    '  - { title: Risks, instruction: What may go wrong. }\n' +
    '  - { title: Chances, instruction: What may go well. }',
);

test('the same template on the same recording asks nothing again, under another name neither', async () => {
  const { job, at } = await jobWith(RISKS);
  await summarize(at);
  expect(bench.provider.requests.length).toBeGreaterThan(1);
  bench.provider.requests.length = 0;
  const again = await jobWith({ ...RISKS, name: 'Dangers' }, { source: job.source });
  await summarize(again.at);
  expect(bench.provider.requests).toEqual([]);
  expect(await summaryOf(again.job)).toEqual(await summaryOf(job));
});

test('another template cuts the same transcript anew, and is asked for', async () => {
  const { job, at } = await jobWith(RISKS);
  const cut = () => attempt(() => createActivities(bench.deps).cutSections({ ...at, halve: [] }));
  const { sections } = await cut();
  expect(await cut()).toMatchObject({ sections });
  const instruction = 'What may go wrong, and what then. '.repeat(50).trim();
  const longer = { ...RISKS, sections: [...RISKS.sections, { title: 'More', instruction }] };
  const sha256 = digestOf(longer);
  const { tenant, jobId } = job;
  await bench.deps.store.putJson(templateKey(tenant, jobId, sha256), longer);
  await bench.newJob(null, { ...job, template: { name: 'Risks', sha256 } });
  expect((await cut()).sections.length).toBeGreaterThanOrEqual(sections.length);
  expect(await cut()).not.toEqual({ sections });
});

test('a section that the model leaves out is asked for once more, then said not to be written', async () => {
  const { job, at } = await jobWith(RISKS, {}, { ...TALK, segments: TALK.segments.slice(0, 2) });
  bench.provider.answer = ({ body }) => Promise.resolve(reply(filled(body, ['section2'])));
  const activities = createActivities(bench.deps);
  await attempt(() => activities.cutSections({ ...at, halve: [] }));
  let heartbeatDetails: unknown;
  const ask = (tries: number) =>
    attempt(
      () => activities.summarizeSection({ ...at, ...paid(), section: 0 }),
      { attempt: tries, heartbeatDetails },
      (environment) =>
        environment.on('heartbeat', (details: unknown) => (heartbeatDetails = details)),
    );
  await expect(ask(1)).rejects.toMatchObject({ type: 'BadReply' });
  const { callKey = '' } = await ask(2);
  expect(String(bench.provider.requests.at(-1)?.body)).toContain('the fields of the schema');
  const level = { ...at, level: 0, failedSections: [] };
  await attempt(() => activities.planReduction({ ...level, answers: [callKey] }));
  await attempt(() => activities.concludeSummary({ ...level, mode: 'model' }));
  expect((await summaryOf(job)).sections).toMatchObject([
    { title: 'Risks', items: [{ verified: true }] },
    { title: 'Chances', items: [], unwritten: true },
  ]);
});

test('without a model, rules fill what is like a list, and say of the rest that it is not written', async () => {
  const said = ['We decided to buy the bridge.', 'Anna will call the bank by Friday.', 'Who pays?'];
  const { job, at } = await jobWith(
    await readBuiltIn('board'),
    {},
    {
      ...TALK,
      segments: TALK.segments
        .slice(0, 3)
        .map((segment, index) => ({ ...segment, text: said[index] ?? '' })),
    },
  );
  const extractive = { ...at, mode: 'extractive', level: 0, failedSections: [] } as const;
  await attempt(() => createActivities(bench.deps).concludeSummary(extractive));
  expect(await summaryOf(job)).toMatchObject({
    decisions: [],
    actionItems: [{ owner: 'Anna' }],
    sections: [
      { title: 'Reports', items: [], unwritten: true },
      { title: 'Resolutions', items: [{ text: said[0], verified: true }] },
      { title: 'Objections and interests', items: [], unwritten: true },
    ],
  });
});

test('a template that leaves no room for the transcript is refused before any call', async () => {
  const sections = Array.from({ length: 20 }, () => ({
    title: 'Risks',
    instruction: 'What may go wrong. '.repeat(100).trim(),
  }));
  const { at } = await jobWith({ ...RISKS, sections });
  const cut = attempt(() => createActivities(bench.deps).cutSections({ ...at, halve: [] }));
  await expect(cut).rejects.toMatchObject({ type: 'TemplateTooLong', nonRetryable: true });
  expect(bench.provider.requests).toEqual([]);
});
