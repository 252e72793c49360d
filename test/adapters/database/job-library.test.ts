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

const published = (id: string) => ({
  version: 1,
  revision: null,
  approval: null,
  result: 'partial' as const,
  title: 'Planning of March',
  meetingDate: '2026-03-03',
  language: 'en',
  durationSeconds: 121.3,
  minutesKey: `${tenant}/jobs/${id}/versions/1/minutes.json`,
  degradations,
  searchText: 'Ann brings the budget',
});
const runOf = (id: string, runId = 'run-1', owner = tenant) => ({
  tenant: owner,
  jobId: id,
  runId,
});
const COMPLETED = { status: 'completed', result: 'partial', failure: null } as const;
const FAILED = {
  status: 'failed',
  result: null,
  failure: { type: 'NoSpeech', message: 'no speech' },
} as const;

async function seen(id: string, owner = tenant) {
  const row = await library.find(owner, id);
  if (row === null) throw new Error(`there is no row ${id}`);
  return row;
}
/** A job that runs. */
async function running(id: string, runId = 'run-1', owner = tenant) {
  await library.submit(submission(id, owner), null);
  await library.beginRun(await seen(id, owner), runId);
}

test("a job's row records every step from submitted to completed", async () => {
  const id = idOf('b');
  await library.submit(submission(id), null);
  const submitted = await library.find(tenant, id);
  expect(submitted).toMatchObject({
    status: 'submitted',
    meetingDate: '2026-03-02',
    durationSeconds: 121.25,
    degradations: [],
    runId: null,
  });
  await library.beginRun(await seen(id), 'run-1');
  await library.publish(runOf(id), null, published(id));
  await library.endRun(runOf(id), COMPLETED);
  const completed = await library.find(tenant, id);
  expect(completed).toEqual({
    tenant,
    approval: null,
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
    minutesKey: `${tenant}/jobs/${id}/versions/1/minutes.json`,
    degradations,
    createdAt: submitted?.createdAt,
    startedAt: expect.any(Date),
    endedAt: expect.any(Date),
  });
});

test('another title is written whatever the state of the job, in its tenant only', async () => {
  const id = idOf('t');
  await running(id);
  const before = await seen(id);
  expect(await library.retitle('another', id, 'Budget')).toBeNull();
  expect(await library.retitle(tenant, id, 'Budget')).toEqual({ ...before, title: 'Budget' });
  expect(await library.retitle(tenant, id, 'Budget')).toBeNull();
  expect(await seen(id)).toEqual({ ...before, title: 'Budget' });
});

test('a job that runs again is submitted, keeps its creation time and is no longer failed', async () => {
  const id = idOf('d');
  await running(id);
  await library.endRun(runOf(id), FAILED);
  const failed = await seen(id);
  expect(failed).toMatchObject({ status: 'failed', failure: 'NoSpeech' });

  await library.submit({ ...submission(id), title: 'Planning, again' }, failed);
  await expect(library.find(tenant, id)).resolves.toEqual({
    ...failed,
    status: 'submitted',
    title: 'Planning, again',
    failure: null,
    failureMessage: null,
    startedAt: null,
    endedAt: null,
  });
  // A run may begin although the sweep has ended the row meanwhile.
  const abandoned = { type: 'Abandoned', message: 'no run' };
  await library.endSeen(await seen(id), { status: 'failed', failure: abandoned });
  await library.beginRun(await seen(id), 'run-2');
  await expect(library.find(tenant, id)).resolves.toMatchObject({
    status: 'running',
    runId: 'run-2',
    failure: null,
    failureMessage: null,
    endedAt: null,
  });
});

test('a result stays while later runs are submitted, begin, fail and are cancelled', async () => {
  const id = idOf('m');
  await running(id);
  await library.publish(runOf(id), null, published(id));
  await library.endRun(runOf(id), COMPLETED);
  const { result, minutesKey, title } = await seen(id);
  const held = { result, minutesKey, title, degradations };
  expect(held.result).toBe('partial');

  await library.submit({ ...submission(id), title: null }, await seen(id));
  await expect(seen(id)).resolves.toMatchObject({ ...held, status: 'submitted' });
  await library.beginRun(await seen(id), 'run-2');
  await expect(seen(id)).resolves.toMatchObject({ ...held, status: 'running' });
  await library.endRun(runOf(id, 'run-2'), FAILED);
  await expect(seen(id)).resolves.toMatchObject({ ...held, status: 'failed' });
  await library.submit({ ...submission(id), title: null }, await seen(id));
  await library.endSeen(await seen(id), { status: 'cancelled', failure: null });
  await expect(seen(id)).resolves.toMatchObject({ ...held, status: 'cancelled' });
});

test('what a run says of its job changes nothing once another run has begun', async () => {
  const id = idOf('o');
  await running(id, 'old');
  const before = await seen(id);
  await library.endSeen(before, { status: 'failed', failure: null });
  await library.submit(submission(id), await seen(id));
  const submitted = await seen(id);
  // The old run's last words: also before the new run has begun.
  await expect(library.endRun(runOf(id, 'old'), FAILED)).resolves.toBe(false);
  await library.beginRun(submitted, 'new');
  const now = await seen(id);

  await expect(library.endRun(runOf(id, 'old'), FAILED)).resolves.toBe(false);
  await expect(library.publish(runOf(id, 'old'), null, published(id))).resolves.toBe(false);
  for (const stale of [before, submitted]) {
    await expect(library.beginRun(stale, 'old')).resolves.toBe(false);
    await expect(library.endSeen(stale, { status: 'failed', failure: null })).resolves.toBe(false);
    await expect(library.submit(submission(id), stale)).resolves.toBe(false);
  }
  await expect(library.submit(submission(id), null)).resolves.toBe(false);
  await expect(seen(id)).resolves.toEqual(now);
});

test('every version of the outputs has a number of its own', async () => {
  const id = idOf('p');
  await running(id);
  const numbers = await Promise.all(
    Array.from({ length: 5 }, () => library.nextVersion(runOf(id))),
  );
  expect(new Set(numbers)).toEqual(new Set([1, 2, 3, 4, 5]));
  // A person's change of minutes that are there takes one, too.
  await library.endRun(runOf(id), FAILED);
  await expect(library.nextVersion({ tenant, jobId: id })).resolves.toBe(6);
  await expect(library.nextVersion({ tenant, jobId: idOf('nobody') })).resolves.toBeNull();
});

const revised = (id: string, version: number) => ({
  ...published(id),
  version,
  revision: { kind: 'rename' as const, base: 1, by: 'Ann' },
  title: 'Renamed',
  minutesKey: `${tenant}/jobs/${id}/versions/${version}/minutes.json`,
});

test('a revision replaces the version that it was made from, and no later one', async () => {
  const id = idOf('s');
  await running(id);
  await library.publish(runOf(id), null, published(id));
  const base = published(id).minutesKey;
  const job = { tenant, jobId: id };
  await expect(library.publishRevision(job, base, revised(id, 2))).resolves.toBe(true);
  await expect(library.publishRevision(job, base, revised(id, 3))).resolves.toBe(false);
  await expect(seen(id)).resolves.toMatchObject({
    title: 'Renamed',
    minutesKey: revised(id, 2).minutesKey,
    status: 'running',
  });
  await expect(library.versions(tenant, id)).resolves.toMatchObject([
    { version: 2, kind: 'rename', base: 1, author: 'Ann', result: 'partial' },
    { version: 1, kind: null, base: null, author: null, minutesKey: base },
  ]);
});

test("a run's minutes replace the result that they were compared with, and no other one", async () => {
  const id = idOf('v');
  await running(id);
  await library.publish(runOf(id), null, published(id));
  const base = published(id).minutesKey;
  await library.publishRevision({ tenant, jobId: id }, base, revised(id, 2));
  const next = { ...published(id), version: 3, minutesKey: 'three' };
  for (const stale of [null, base]) {
    await expect(library.publish(runOf(id), stale, next)).resolves.toBe(false);
  }
  await expect(seen(id)).resolves.toMatchObject({ minutesKey: revised(id, 2).minutesKey });
  await expect(library.versions(tenant, id)).resolves.toHaveLength(2);
  const { minutesKey } = revised(id, 2);
  await expect(library.publish(runOf(id), minutesKey, next)).resolves.toBe(true);
  await expect(seen(id)).resolves.toMatchObject({ minutesKey: 'three' });
});

test("a run's minutes never replace approved ones; a person's change does", async () => {
  const id = idOf('w');
  await running(id);
  await library.publish(runOf(id), null, published(id));
  const base = published(id).minutesKey;
  const approval = { state: 'approved', since: '2026-03-02T11:00:00.000Z', until: null } as const;
  const approved = { ...revised(id, 2), approval };
  await library.publishRevision({ tenant, jobId: id }, base, approved);
  const next = { ...published(id), version: 3, minutesKey: 'three' };
  await expect(library.publish(runOf(id), approved.minutesKey, next)).resolves.toBe(false);
  await expect(seen(id)).resolves.toMatchObject({ minutesKey: approved.minutesKey, approval });
  const changed = revised(id, 4);
  await expect(
    library.publishRevision({ tenant, jobId: id }, approved.minutesKey, changed),
  ).resolves.toBe(true);
});

test('a version that does not become the result is listed, once', async () => {
  const id = idOf('u');
  await running(id);
  await library.publish(runOf(id), null, published(id));
  const kept = { ...published(id), version: 2, minutesKey: 'two' };
  await library.keepVersion(runOf(id), kept);
  await library.keepVersion(runOf(id), kept);
  const versions = await library.versions(tenant, id);
  expect(versions.map(({ version }) => version)).toEqual([2, 1]);
  await expect(seen(id)).resolves.toMatchObject({ minutesKey: published(id).minutesKey });
});

test('every job of a recording has one reference to it', async () => {
  await library.submit(submission(idOf('e')), null);
  await library.submit(submission(idOf('e')), await seen(idOf('e')));
  await library.submit(submission(idOf('f')), null);
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
  await library.submit(submission(idOf('ghghghgh2')), null);
  await library.submit(submission(idOf('ghghghgh3')), null);
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
  await library.submit(submission(id, other), null);
  await expect(library.find(tenant, id)).resolves.toBeNull();
  await expect(library.findByPrefix(tenant, 'hhhhhhhh')).resolves.toEqual([]);
  const listed = await library.list(tenant, { limit: 100 });
  expect(listed.every((row) => row.tenant === tenant)).toBe(true);
  await expect(library.list(other, { limit: 100 })).resolves.toHaveLength(1);
});

test('two tenants whose jobs and runs have the same ids change their own rows only', async () => {
  const id = idOf('q');
  await running(id);
  await running(id, 'run-1', other);
  let theirs = await seen(id, other);

  await library.nextVersion(runOf(id));
  await library.publish(runOf(id), null, published(id));
  // Theirs has a result under the same key.
  await db
    .updateTable('job')
    .set({ minutesKey: published(id).minutesKey })
    .where('tenant', '=', other)
    .where('id', '=', id)
    .execute();
  theirs = await seen(id, other);
  await library.publishRevision({ tenant, jobId: id }, published(id).minutesKey, revised(id, 2));
  await library.keepVersion(runOf(id), { ...published(id), version: 3 });
  await library.endRun(runOf(id), FAILED);
  await library.submit(submission(id), await seen(id));
  await library.endSeen(await seen(id), { status: 'cancelled', failure: null });
  await library.beginRun(await seen(id), 'run-2');
  await expect(seen(id, other)).resolves.toEqual(theirs);
  await expect(library.versions(other, id)).resolves.toMatchObject([{ version: 1, kind: null }]);
  await expect(library.versions(tenant, id)).resolves.toHaveLength(3);
  await expect(library.nextVersion(runOf(id, 'run-1', other))).resolves.toBe(1);
  // A tenant without such a job sees nobody's.
  await expect(library.versions(`${tenant}-c`, id)).resolves.toEqual([]);
});

test('jobs are listed newest first, up to the limit', async () => {
  const rows = await library.list(tenant, { limit: 100 });
  const times = rows.map(({ createdAt }) => createdAt.getTime());
  expect(times).toEqual([...times].sort((one, another) => another - one));
  await expect(library.list(tenant, { limit: 2 })).resolves.toEqual(rows.slice(0, 2));
});

test('open jobs of all tenants are listed by the age of their latest submission', async () => {
  const [old, again] = [idOf('k'), idOf('l')];
  for (const id of [old, again]) await library.submit(submission(id), null);
  await sql`update job set submitted_at = now() - interval '2 hours',
    created_at = now() - interval '2 hours' where tenant = ${tenant} and id in (${old}, ${again})`.execute(
    db,
  );
  await library.submit(submission(again), await seen(again));
  const before = new Date(Date.now() - 3_600_000);
  const open = (await library.listOpen(before)).filter((row) => row.tenant === tenant);
  expect(open.map(({ id }) => id)).toEqual([old]);
});

test("a U+0000 in a model's answer does not prevent publication", async () => {
  const id = idOf('nul');
  await running(id);
  await library.publish(runOf(id), null, {
    ...published(id),
    title: 'Plan\0ning',
    searchText: 'before\0after',
  });
  await expect(library.find(tenant, id)).resolves.toMatchObject({ title: 'Plan ning' });
});
