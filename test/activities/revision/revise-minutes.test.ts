import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { digestOf } from '../../../adapters/identity/digest.ts';
import { changeKey, outputKey } from '../../../adapters/object-store/keys.ts';
import { outputFolder } from '../../../adapters/object-store/output-folder.ts';
import type { JobInput } from '../../../workflows/contracts/job-input.ts';
import { minutesSchema } from '../../../workflows/contracts/minutes.ts';
import { editedSchema, type Edited } from '../../../workflows/contracts/edited.ts';
import type { Change } from '../../../workflows/contracts/revision.ts';
import { versionChangesSchema } from '../../../workflows/contracts/version-changes.ts';
import { transcriptSchema } from '../../../workflows/contracts/transcript.ts';
import { attempt, openBench } from '../activity-bench.ts';
import { sampleMinutes, sampleTranscript } from '../minutes/render/sample-minutes.ts';

/** A person's change of published minutes, on a real store and a real database. */

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
  const { library, store } = bench.deps;
  await bench.begin(job, 'run-1');
  const version = await library.nextVersion({ tenant, jobId });
  baseKey = outputKey(tenant, jobId, version ?? 0, 'minutes.json');
  const speakers = [{ id: 'S1', name: null, seconds: 10 }];
  await store.putJson(baseKey, { ...sampleMinutes, id: jobId, tenant, speakers });
  const segments = sampleTranscript.segments.map((segment) => ({ ...segment, speaker: 'S1' }));
  const transcript = { ...sampleTranscript, segments };
  await store.putJson(outputKey(tenant, jobId, 1, 'transcript.json'), transcript);
  await attempt(() =>
    activities().publishMinutes({ tenant, jobId, runId: 'run-1', minutesKey: baseKey }),
  );
});

const runOf = () => ({ tenant: job.tenant, jobId: job.jobId, runId: 'run-1' });
const activities = () => createActivities(bench.deps);
const row = async () => {
  const found = await bench.deps.library.find(job.tenant, job.jobId);
  if (found === null) throw new Error('there is no row');
  return found;
};

const ask = (wanted: { readonly name: string; readonly speaker?: string }) =>
  asked((common) => ({ ...common, kind: 'rename', speaker: 'S1', ...wanted }));
const edit = (edited: Edited) => asked((common) => ({ ...common, kind: 'edit', edited }));

async function asked(
  of: (common: Pick<Change, 'schemaVersion' | 'by' | 'at' | 'baseKey'>) => Change,
) {
  const { tenant, jobId } = job;
  const { minutesKey } = await row();
  const change = of({
    schemaVersion: 1,
    by: 'Ann',
    at: '2026-03-02T10:00:00.000Z',
    baseKey: minutesKey ?? '',
  });
  const digest = digestOf(change);
  await bench.deps.store.putJson(changeKey(tenant, jobId, digest), change);
  return { tenant, jobId, change: digest };
}
const render = (of: Awaited<ReturnType<typeof ask>>) =>
  attempt(() => activities().renderRevision(of));

test('the change is a next version of every file, and the job shows it', async () => {
  const asked = await ask({ name: 'Zheng Wei' });
  const rendered = await render(asked);
  expect(rendered.version).toBe(2);
  expect(await row()).toMatchObject({ minutesKey: baseKey });

  await attempt(() => activities().publishRevision({ ...asked, ...rendered }));
  // Temporal may run it again.
  await attempt(() => activities().publishRevision({ ...asked, ...rendered }));
  expect(await row()).toMatchObject({ minutesKey: rendered.minutesKey, result: 'complete' });
  const { store, library } = bench.deps;
  expect(await store.getJson(rendered.minutesKey, minutesSchema)).toMatchObject({
    version: 2,
    speakers: [{ id: 'S1', name: 'Zheng Wei' }],
    revisions: [{ kind: 'rename', version: 2, base: 1, by: 'Ann', at: '2026-03-02T10:00:00.000Z' }],
  });
  const folder = outputFolder(job.tenant, job.jobId, rendered.minutesKey);
  const transcript = await store.getJson(`${folder}transcript.json`, transcriptSchema);
  expect(transcript.segments.map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
  for (const name of ['minutes.md', 'minutes.html', 'transcript.vtt', 'transcript.srt']) {
    expect(new TextDecoder().decode(await store.get(`${folder}${name}`))).toContain('Zheng Wei');
  }
  for (const name of ['minutes.docx', 'minutes.pdf']) {
    expect((await store.get(`${folder}${name}`)).byteLength).toBeGreaterThan(1_000);
  }
  expect(await library.versions(job.tenant, job.jobId)).toMatchObject([
    { version: 2, kind: 'rename', base: 1, author: 'Ann' },
    { version: 1, kind: null },
  ]);
  // What somebody may have read is as it was.
  expect(await store.getJson(baseKey, minutesSchema)).toMatchObject({ version: 1 });
});

test('a change of minutes that have got a newer version meanwhile is refused, before and after it is rendered', async () => {
  const [first, second] = [await ask({ name: 'Ann' }), await ask({ name: 'Tom' })];
  const [one, other] = [await render(first), await render(second)];
  await attempt(() => activities().publishRevision({ ...first, ...one }));
  const refused = { type: 'RevisionRefused', nonRetryable: true };
  await expect(
    attempt(() => activities().publishRevision({ ...second, ...other })),
  ).rejects.toMatchObject(refused);
  await expect(render(second)).rejects.toMatchObject(refused);
  expect(await row()).toMatchObject({ minutesKey: one.minutesKey });
});

test('a change of what the minutes do not have makes no version', async () => {
  await expect(render(await ask({ name: 'Ann', speaker: 'S7' }))).rejects.toMatchObject({
    type: 'RevisionRefused',
  });
  await expect(bench.deps.library.nextVersion(job)).resolves.toBe(2);
});

test('a title that was given to the job later is in the next version', async () => {
  await bench.deps.library.retitle(job.tenant, job.jobId, 'Budget');
  const rendered = await render(await ask({ name: 'Ann' }));
  expect(await bench.deps.store.getJson(rendered.minutesKey, minutesSchema)).toMatchObject({
    title: 'Budget',
  });
});

test('an edit is a next version that says who wrote it, and what is different', async () => {
  const { store, library } = bench.deps;
  const before = await store.getJson(baseKey, minutesSchema);
  const edited = editedSchema.parse({
    ...before,
    file: 'minutes',
    title: 'Budget',
    decisions: [{ text: 'Rest on Sunday.' }],
  });
  const asked = await edit(edited);
  const rendered = await render(asked);
  expect(rendered).toMatchObject({
    statements: { all: 5, verified: 2 },
    statementsBefore: { all: 5, verified: 3 },
  });
  await attempt(() => activities().publishRevision({ ...asked, ...rendered }));

  const folder = outputFolder(job.tenant, job.jobId, rendered.minutesKey);
  const made = await store.getJson(rendered.minutesKey, minutesSchema);
  expect(made).toMatchObject({
    schemaVersion: 2,
    version: 2,
    title: 'Budget',
    decisions: [{ text: 'Rest on Sunday.', verified: false, citations: [] }],
    revisions: [{ kind: 'edit', version: 2, base: 1, by: 'Ann' }],
  });
  expect(await row()).toMatchObject({ title: 'Budget', minutesKey: rendered.minutesKey });
  expect(await store.getJson(`${folder}changes.json`, versionChangesSchema)).toEqual({
    schemaVersion: 1,
    kind: 'edit',
    version: 2,
    base: 1,
    by: 'Ann',
    at: '2026-03-02T10:00:00.000Z',
    differences: [
      { file: 'minutes', field: 'title', was: 'Release planning', is: 'Budget' },
      {
        file: 'minutes',
        field: 'decisions',
        was: {
          text: 'Ship on the first of March.',
          quotes: ['ship on the first of March'],
          verified: true,
        },
        is: { text: 'Rest on Sunday.', quotes: [], verified: false },
      },
    ],
  });
  for (const name of ['minutes.md', 'minutes.html']) {
    expect(new TextDecoder().decode(await store.get(`${folder}${name}`))).toContain(
      'edited by Ann on 2 March 2026 (version 2)',
    );
  }
  expect(await library.versions(job.tenant, job.jobId)).toMatchObject([
    { version: 2, kind: 'edit', author: 'Ann' },
    { version: 1 },
  ]);

  // A run that makes minutes anew leaves it as the result.
  const next = outputKey(job.tenant, job.jobId, 3, 'minutes.json');
  await store.putJson(next, { ...before, version: 3 });
  const transcriptKey = outputKey(job.tenant, job.jobId, 3, 'transcript.json');
  await store.putJson(transcriptKey, sampleTranscript);
  await attempt(() => activities().publishMinutes({ ...runOf(), minutesKey: next }));
  expect(await row()).toMatchObject({ minutesKey: rendered.minutesKey });
});

test('a corrected transcript is in every file of the next version', async () => {
  const { store } = bench.deps;
  const folder = outputFolder(job.tenant, job.jobId, baseKey);
  const before = await store.getJson(`${folder}transcript.json`, transcriptSchema);
  const segments = before.segments.map((segment) =>
    segment.id === 's2'
      ? { ...segment, text: 'We decided to slip by a month, and Anna will write the notes.' }
      : segment,
  );
  const rendered = await render(
    await edit({ file: 'transcript', language: before.language, segments }),
  );
  // The decision's quote is gone, and that of the task says nothing of the first of December.
  expect(rendered).toMatchObject({
    statements: { all: 5, verified: 1 },
    statementsBefore: { all: 5, verified: 3 },
  });
  const next = outputFolder(job.tenant, job.jobId, rendered.minutesKey);
  const names = ['minutes.md', 'minutes.html', 'transcript.json', 'transcript.vtt'];
  for (const name of [...names, 'transcript.srt']) {
    const text = new TextDecoder().decode(await store.get(`${next}${name}`));
    expect(text).toContain('slip by a month');
    expect(text).not.toContain('We decided to ship');
  }
});
