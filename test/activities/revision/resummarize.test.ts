import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { digestOf } from '../../../adapters/identity/digest.ts';
import {
  changeKey,
  jobInputKey,
  outputKey,
  sourceHome,
  transcriptKey,
} from '../../../adapters/object-store/keys.ts';
import type { SectionsReference, Summarized } from '../../../workflows/contracts/summarizing.ts';
import { revisedInputSchema, type JobInput } from '../../../workflows/contracts/job-input.ts';
import {
  resultPointerSchema,
  storedResultSchema,
} from '../../../workflows/contracts/stored-results.ts';
import { minutesSchema } from '../../../workflows/contracts/minutes.ts';
import { provenanceSchema, type Provenance } from '../../../workflows/contracts/provenance.ts';
import type { Change } from '../../../workflows/contracts/revision.ts';
import { attempt, openBench } from '../activity-bench.ts';
import { sampleMinutes, sampleTranscript } from '../minutes/render/sample-minutes.ts';

/** A summary that is written anew, on a real store and ledger, in the order of the workflow; of one section. */

let bench: Awaited<ReturnType<typeof openBench>>;
let job: JobInput;
let baseKey: string;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  job = await bench.newJob();
  const { tenant, jobId } = job;
  const { store, library } = bench.deps;
  bench.provider.requests.length = 0;
  bench.provider.answer = () => Promise.resolve(answer('Anna writes the notes.'));
  await bench.begin(job, RUN);
  await library.nextVersion(job);
  baseKey = outputKey(tenant, jobId, 1, 'minutes.json');
  await store.putJson(baseKey, { ...sampleMinutes, id: jobId, tenant });
  await store.putJson(outputKey(tenant, jobId, 1, 'transcript.json'), sampleTranscript);
  await store.putJson(outputKey(tenant, jobId, 1, 'provenance.json'), PROVENANCE_OF_RUN);
  // The transcript of the job's run differs: a person corrected it since.
  await store.putJson(transcriptKey(tenant, jobId), { ...sampleTranscript, segments: [] });
  await attempt(() =>
    activities().publishMinutes({ tenant, jobId, runId: RUN, minutesKey: baseKey }),
  );
});

const RUN = 'a0000000-0000-4000-8000-000000000001';
const PROVENANCE_OF_RUN: Provenance = {
  schemaVersion: 1,
  recording: {
    planned: 1,
    chunks: [{ index: 0, track: 1, start: 0, end: 123.4, callKey: 'a'.repeat(64), again: [] }],
  },
  summary: { mode: 'extractive', promptVersion: 1, sections: [], joins: [] },
};
const QUOTE = 'Anna will write the notes';
const activities = () => createActivities(bench.deps);

const answer = (summary: string) => ({
  status: 200,
  body: {
    choices: [
      {
        message: {
          content: JSON.stringify({
            summary,
            keyPoints: [],
            decisions: [{ text: 'Anna notes', citations: [{ segmentIds: ['s2'], quote: QUOTE }] }],
            openQuestions: [],
            actionItems: [],
          }),
        },
      },
    ],
  },
});

async function start(wanted: { readonly language?: string; readonly target?: string } = {}) {
  const { tenant, jobId } = job;
  const row = await bench.deps.library.find(tenant, jobId);
  const change: Change = {
    schemaVersion: 1,
    kind: 'resummarize',
    language: null,
    target: null,
    by: 'Ann',
    at: '2026-03-02T10:00:00.000Z',
    baseKey: row?.minutesKey ?? '',
    ...wanted,
  };
  const digest = digestOf(change);
  await bench.deps.store.putJson(changeKey(tenant, jobId, digest), change);
  const reference = { tenant, jobId, change: digest };
  const started = await attempt(() => activities().startRevision(reference));
  const at: SectionsReference = {
    tenant,
    jobId,
    runId: RUN,
    revision: digest,
    generation: 0,
    contextTokens: 4096,
  };
  return { reference, started, at };
}

async function count(at: SectionsReference) {
  await attempt(() => activities().cutSections({ ...at, halve: [] }));
  return await attempt(() => activities().countSummaryCalls(at));
}

/** The rest of the workflow; gives the version that was made. */
async function finish({ reference, at }: Awaited<ReturnType<typeof start>>) {
  await attempt(() => activities().cutSections({ ...at, halve: [] }));
  const { callKey = null } = await attempt(() =>
    activities().summarizeSection({
      ...at,
      target: bench.recorded.summarize,
      last: true,
      section: 0,
    }),
  );
  const summarized: Summarized = { ...at, mode: 'model', level: 0, failedSections: [] };
  await attempt(() => activities().planReduction({ ...summarized, answers: [callKey] }));
  await attempt(() => activities().concludeSummary(summarized));
  return await render(reference, summarized);
}

async function render(
  reference: Awaited<ReturnType<typeof start>>['reference'],
  summarized: Summarized,
) {
  const summary = { summarized, chain: ['mixtral'], degradations: [] };
  const rendered = await attempt(() => activities().renderRevision({ ...reference, summary }));
  await attempt(() => activities().publishRevision({ ...reference, ...rendered }));
  return await bench.deps.store.getJson(rendered.minutesKey, minutesSchema);
}

test('the summary is written anew from the transcript that is shown, and told beforehand in calls', async () => {
  const begun = await start();
  expect(begun.started.summarize).toMatchObject([{ name: 'mixtral' }]);
  await expect(count(begun.at)).resolves.toEqual({ sections: 1, calls: 1, atMost: 1 });

  const minutes = await finish(begun);
  expect(minutes).toMatchObject({
    version: 2,
    summary: 'Anna writes the notes.',
    decisions: [{ text: 'Anna notes', verified: true, citations: [{ quote: QUOTE }] }],
    actionItems: [],
    engines: { summarize: [{ target: 'mixtral', items: 1 }], transcribe: [{ items: 5 }] },
    revisions: [{ kind: 'resummarize', version: 2, base: 1, by: 'Ann' }],
  });
  expect(bench.provider.requests).toHaveLength(1);
  // What was heard is as it was; the summary has other answers.
  const key = outputKey(job.tenant, job.jobId, 2, 'provenance.json');
  expect(await bench.deps.store.getJson(key, provenanceSchema)).toMatchObject({
    recording: PROVENANCE_OF_RUN.recording,
    summary: { mode: 'model', sections: [{ first: 's1', last: 's3' }], joins: [] },
  });
}, 60_000);

test('what was answered is not asked again', async () => {
  await finish(await start());
  const again = await start();
  await expect(count(again.at)).resolves.toEqual({ sections: 1, calls: 0, atMost: 0 });
  await expect(finish(again)).resolves.toMatchObject({ version: 3 });
  expect(bench.provider.requests).toHaveLength(1);
}, 90_000);

test('another language is another question, and the language of the documents', async () => {
  await finish(await start());
  bench.provider.answer = () => Promise.resolve(answer('Anna schreibt die Notizen.'));
  const german = await start({ language: 'de' });
  await expect(count(german.at)).resolves.toEqual({ sections: 1, calls: 1, atMost: 1 });
  await expect(finish(german)).resolves.toMatchObject({
    language: 'de',
    summary: 'Anna schreibt die Notizen.',
    decisions: [{ verified: true }],
  });
  expect(String(bench.provider.requests.at(-1)?.body)).toContain('German');
}, 90_000);

test('a target that is named is asked although the answer of another one is stored', async () => {
  const own = { ...sampleMinutes, id: job.jobId, tenant: job.tenant };
  expect(own.engines.summarize[0]?.target).toBe('extractive-v1');
  const named = await start({ target: 'mixtral' });
  expect(named.started.summarize).toMatchObject([{ name: 'mixtral' }]);
  await expect(start({ target: 'gpt-9' })).rejects.toMatchObject({
    type: 'RevisionRefused',
    message: 'no target of that name writes summaries: there are mixtral',
  });
});

test('where one target is named, the earlier answer of another one does not stand in for it', async () => {
  await finish(await start());
  const named = await start({ target: 'mixtral' });
  await attempt(() => activities().cutSections({ ...named.at, halve: [] }));
  const of = { kind: 'section', section: 0 } as const;
  const adopted = await attempt(() => activities().adoptEarlierSummary({ ...named.at, of }));
  expect(adopted).toMatchObject({ target: 'mixtral' });

  // The same text, answered by somebody else since.
  const { store } = bench.deps;
  const { pointer, result } = await latestAnswer();
  await store.putJson(pointer.resultKey, { ...result, target: 'gpt' });
  await expect(
    attempt(() => activities().adoptEarlierSummary({ ...named.at, of })),
  ).resolves.toBeNull();
}, 60_000);

test('names, attendees and the date are those that the minutes say now', async () => {
  const { store } = bench.deps;
  const corrected = {
    ...sampleMinutes,
    id: job.jobId,
    tenant: job.tenant,
    date: '2026-12-01',
    speakers: [{ id: 'S1', name: 'Zheng Wei', seconds: 3 }],
  };
  await store.putJson(baseKey, corrected);
  const { at } = await start();
  const key = jobInputKey(job.tenant, job.jobId, at.revision);
  expect(await store.getJson(key, revisedInputSchema)).toMatchObject({
    options: { date: '2026-12-01', attendees: [] },
    names: { S1: 'Zheng Wei' },
  });
});

async function latestAnswer() {
  const { store } = bench.deps;
  const prefix = `${sourceHome(job.tenant, job.source.sha256)}/results/summarize/latest/`;
  const [key = ''] = await bench.keysBelow(prefix);
  const pointer = await store.getJson(key, resultPointerSchema);
  return { pointer, result: await store.getJson(pointer.resultKey, storedResultSchema) };
}

test('a summary that lacks what the minutes have does not take their place', async () => {
  const { reference, at } = await start();
  await attempt(() => activities().cutSections({ ...at, halve: [] }));
  const lost: Summarized = {
    ...at,
    mode: 'none',
    level: 0,
    failedSections: [{ index: 0, reason: 'TargetExhausted' }],
  };
  await expect(render(reference, lost)).rejects.toMatchObject({ type: 'RevisionRefused' });
  const row = await bench.deps.library.find(job.tenant, job.jobId);
  expect(row?.minutesKey).toBe(baseKey);
});
