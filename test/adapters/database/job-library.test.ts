import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { createJobLibrary } from '../../../adapters/database/job-library.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import type { Degradation } from '../../../workflows/contracts/jobs.ts';
import { testStack } from '../../support/stack.ts';

const db = createDatabase({ url: testStack().databaseUrl, maxConnections: 4 });
const library = createJobLibrary(db);
const tenant = `t${randomUUID().slice(0, 8)}`;
const other = `${tenant}-b`;

beforeAll(async () => {
  await migrate(db);
});
afterAll(async () => {
  await db.deleteFrom('job').where('tenant', 'in', [tenant, other]).execute();
  await db.destroy();
});

const idOf = (text: string) => text.padEnd(26, 'a');
const submission = (id: string, owner = tenant) => ({
  tenant: owner,
  id,
  kind: 'minutes' as const,
  workflowId: `minutes/${owner}/${id}`,
  title: 'Planning',
  meetingDate: '2026-03-02',
  durationSeconds: 121.25,
  sourceSha256: 'a'.repeat(64),
  sourceName: 'planning.flac',
});
const degradations: Degradation[] = [
  {
    stage: 'summarize',
    role: 'summarize',
    level: 'fallback',
    target: 'gpt-oss-120b',
    spans: [{ start: 0, end: 60.5 }],
    reason: 'transient',
  },
];

test("a job's row records every step from submitted to completed", async () => {
  const id = idOf('b');
  await library.submit(submission(id));
  const submitted = await library.find(tenant, id);
  expect(submitted).toMatchObject({
    status: 'submitted',
    meetingDate: '2026-03-02',
    durationSeconds: 121.25,
    degradations: [],
    runId: null,
  });
  await library.markRunning(tenant, id, 'run-1');
  await library.publish(tenant, id, {
    title: 'Planning of March',
    meetingDate: '2026-03-03',
    language: 'en',
    durationSeconds: 121.3,
    minutesKey: `${tenant}/jobs/${id}/minutes.json`,
    degradations,
    searchText: 'Ann brings the budget',
  });
  await library.complete(tenant, id, { status: 'completed', result: 'partial', failure: null });
  const completed = await library.find(tenant, id);
  expect(completed).toEqual({
    tenant,
    id,
    kind: 'minutes',
    workflowId: `minutes/${tenant}/${id}`,
    runId: 'run-1',
    status: 'completed',
    result: 'partial',
    failure: null,
    failureMessage: null,
    title: 'Planning of March',
    meetingDate: '2026-03-03',
    language: 'en',
    durationSeconds: 121.3,
    sourceSha256: 'a'.repeat(64),
    sourceName: 'planning.flac',
    minutesKey: `${tenant}/jobs/${id}/minutes.json`,
    degradations,
    createdAt: submitted?.createdAt,
    startedAt: expect.any(Date),
    endedAt: expect.any(Date),
  });
});

test('the full-text index finds a meeting by its title and by what was said', async () => {
  const id = idOf('c');
  await library.submit(submission(id));
  await library.publish(tenant, id, {
    title: 'Retrospective',
    meetingDate: null,
    language: 'en',
    durationSeconds: 1,
    minutesKey: 'k',
    degradations: [],
    // As long as a meeting of many hours: the index takes its beginning.
    searchText: `the zeppelin lands at noon ${'word '.repeat(300_000)}`,
  });
  for (const word of ['retrospective', 'zeppelin', 'submarine']) {
    const { rows } = await sql<{ id: string }>`
      select id from job where tenant = ${tenant}
      and search @@ websearch_to_tsquery('simple', ${word})`.execute(db);
    expect(rows).toEqual(word === 'submarine' ? [] : [{ id }]);
  }
});

test('a job that runs again is submitted, keeps its creation time and is no longer failed', async () => {
  const id = idOf('d');
  await library.submit(submission(id));
  await library.markRunning(tenant, id, 'run-1');
  await library.complete(tenant, id, {
    status: 'failed',
    result: null,
    failure: { type: 'NoSpeech', message: 'no speech' },
  });
  const failed = await library.find(tenant, id);
  expect(failed).toMatchObject({ status: 'failed', failure: 'NoSpeech' });

  await library.submit({ ...submission(id), title: 'Planning, again' });
  await expect(library.find(tenant, id)).resolves.toEqual({
    ...failed,
    status: 'submitted',
    title: 'Planning, again',
    failure: null,
    failureMessage: null,
    runId: null,
    startedAt: null,
    endedAt: null,
  });
});

test('every job of a recording has one reference to it', async () => {
  await library.submit(submission(idOf('e')));
  await library.submit(submission(idOf('e')));
  await library.submit(submission(idOf('f')));
  const references = await db
    .selectFrom('sourceRef')
    .select('jobId')
    .where('tenant', '=', tenant)
    .where('jobId', 'in', [idOf('e'), idOf('f')])
    .orderBy('jobId')
    .execute();
  expect(references.map(({ jobId }) => jobId)).toEqual([idOf('e'), idOf('f')]);
});

test('a prefix of eight characters finds a job; a shorter or unknown one finds none', async () => {
  await library.submit(submission(idOf('ghghghgh2')));
  await library.submit(submission(idOf('ghghghgh3')));
  const found = async (prefix: string) =>
    (await library.findByPrefix(tenant, prefix)).map(({ id }) => id);
  await expect(found('ghghghgh2')).resolves.toEqual([idOf('ghghghgh2')]);
  await expect(found('ghghghgh')).resolves.toHaveLength(2);
  for (const prefix of ['ghghghg', '%%%%%%%%', 'ghghghgh_', '']) {
    await expect(found(prefix)).resolves.toEqual([]);
  }
});

test('a tenant does not see rows of another tenant', async () => {
  const id = idOf('hhhhhhhh');
  await library.submit(submission(id, other));
  await expect(library.find(tenant, id)).resolves.toBeNull();
  await expect(library.findByPrefix(tenant, 'hhhhhhhh')).resolves.toEqual([]);
  const listed = await library.list(tenant, { limit: 100 });
  expect(listed.every((row) => row.tenant === tenant)).toBe(true);
  await expect(library.list(other, { limit: 100 })).resolves.toHaveLength(1);
  // A change under the wrong tenant changes nothing.
  await library.complete(tenant, id, { status: 'cancelled', result: null, failure: null });
  await expect(library.find(other, id)).resolves.toMatchObject({ status: 'submitted' });
});

test('jobs are listed newest first, up to the limit', async () => {
  const rows = await library.list(tenant, { limit: 100 });
  const times = rows.map(({ createdAt }) => createdAt.getTime());
  expect(times).toEqual([...times].sort((one, another) => another - one));
  await expect(library.list(tenant, { limit: 2 })).resolves.toEqual(rows.slice(0, 2));
});

test('open jobs of all tenants are listed by the age of their latest submission', async () => {
  const [old, again] = [idOf('k'), idOf('l')];
  for (const id of [old, again]) await library.submit(submission(id));
  await sql`update job set submitted_at = now() - interval '2 hours',
    created_at = now() - interval '2 hours' where tenant = ${tenant} and id in (${old}, ${again})`.execute(
    db,
  );
  await library.submit(submission(again));
  const before = new Date(Date.now() - 3_600_000);
  const open = (await library.listOpen(before)).filter((row) => row.tenant === tenant);
  expect(open.map(({ id }) => id)).toEqual([old]);
});

test("a U+0000 in a model's answer does not prevent publication", async () => {
  const id = idOf('nul');
  await library.submit(submission(id));
  await library.publish(tenant, id, {
    title: 'Plan\0ning',
    meetingDate: null,
    language: 'en',
    durationSeconds: 1,
    minutesKey: 'a/minutes.json',
    degradations: [],
    searchText: 'before\0after',
  });
  await expect(library.find(tenant, id)).resolves.toMatchObject({ title: 'Plan ning' });
});
