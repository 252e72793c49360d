import { randomUUID } from 'node:crypto';
import { afterAll, expect, test, vi } from 'vitest';
import { outputKey } from '../../adapters/object-store/keys.ts';
import { createObjectStore } from '../../adapters/object-store/object-store.ts';
import { parseS3Settings } from '../../adapters/object-store/parse-s3-settings.ts';
import { createServiceConnections } from '../../client/service-connections.ts';
import type { Approval } from '../../workflows/contracts/approval.ts';
import { sampleMinutes } from '../activities/minutes/render/sample-minutes.ts';
import { hansardHere } from '../support/run-command.ts';
import { testStack } from '../support/stack.ts';
import { SAMPLE } from './cli-child.ts';
import { freshTenant } from './fresh-tenant.ts';

/** What the commands say of minutes that wait for a person, or that a person approved. No worker runs. */

vi.setConfig({ testTimeout: 90_000 });

const services = createServiceConnections(testStack().env);
const store = createObjectStore(parseS3Settings(testStack().env));
afterAll(async () => {
  store.close();
  await services.close();
});

const tenant = freshTenant();
const run = (...args: string[]) =>
  hansardHere(args, { ...testStack().env, HANSARD_TENANT: tenant });

/** A completed job whose minutes say this of their approval. */
async function completed(date: string, approval: Approval) {
  const { stdout } = await run('submit', SAMPLE, '--json', '--date', date);
  const { id, workflowId } = JSON.parse(stdout) as { id: string; workflowId: string };
  await (await services.temporal()).workflow.getHandle(workflowId).terminate();
  const minutesKey = outputKey(tenant, id, 1, 'minutes.json');
  await store.putJson(minutesKey, { ...sampleMinutes, schemaVersion: 3, id, tenant, approval });
  const library = await services.library();
  const seen = await library.find(tenant, id);
  if (seen === null) throw new Error(`there is no job ${id}`);
  const ran = { tenant, jobId: id, runId: randomUUID() };
  await library.beginRun(seen, ran.runId);
  const until = 'until' in approval ? approval.until : null;
  const since = 'since' in approval ? approval.since : approval.at;
  const published = {
    version: 1,
    revision: null,
    approval: { state: approval.state, since, until },
    title: sampleMinutes.title,
    meetingDate: date,
    language: 'en',
    durationSeconds: 1,
    minutesKey,
    searchText: '',
    result: 'complete',
    degradations: [],
  } as const;
  await library.publish(ran, null, published);
  await library.endRun(ran, { status: 'completed', result: 'complete', failure: null });
  return { id, ran, published, library };
}

test('a draft names who is asked, and the commands that decide, wherever it is met', async () => {
  const [since, until] = [new Date(0).toISOString(), '2999-01-02T12:00:00.000Z'];
  const draft = { state: 'draft', asked: 'Tom Weber', since, until } as const;
  const { id } = await completed('2026-03-01', draft);
  const next = [
    'it is a draft: Tom Weber is asked to approve it until 2999-01-02 12:00 (UTC)',
    `approve it: npm run -s hansard -- approve ${id} --version 1`,
    `or return it: npm run -s hansard -- return ${id} "what has to be corrected" --version 1`,
  ];
  const watched = await run('watch', id);
  expect(watched.stderr.trimEnd().split('\n').slice(-3)).toEqual(next);
  const again = await run('submit', SAMPLE, '--date', '2026-03-01');
  expect(again.stderr.trimEnd().split('\n').slice(-3)).toEqual(next);
  expect(again.stderr).not.toContain('follow it');

  const cancelled = await run('cancel', id);
  expect(cancelled.code).toBe(1);
  expect(cancelled.stderr).toMatch(/wait for a person, and only a decision \(approve, return\)/);
});

test('a new title of approved minutes is told to stay in the list, and a version beside them is named', async () => {
  const { id, ran, published, library } = await completed('2026-03-02', {
    state: 'approved',
    by: 'Ann',
    at: '2026-03-03T12:00:00.000Z',
    version: 1,
    sha256: 'a'.repeat(64),
  });
  const { stderr } = await run('submit', SAMPLE, '--date', '2026-03-02', '--title', 'Budget');
  expect(stderr).toContain('version 1 is approved, and no retry replaces it');
  expect(stderr).toContain(`edit ${id} FILE changes their title`);
  expect(stderr).not.toContain('makes them again');

  const minutesKey = outputKey(tenant, id, 2, 'minutes.json');
  await library.keepVersion(ran, { ...published, version: 2, minutesKey, approval: null });
  const watched = await run('watch', id);
  expect(watched.stderr).toContain(
    'version 2 was made, and is not shown: version 1 is approved, and no run replaces it; ',
  );

  const retried = await run('retry', id);
  expect(retried.code).toBe(0);
  expect(retried.stderr).toContain('version 1 is approved, and stays: what is made now is listed');
});

test('returned minutes whose time is over are told in the same words by every command', async () => {
  const [since, until] = ['2026-03-01T12:00:00.000Z', '2026-03-02T12:00:00.000Z'];
  const remark = 'Bob takes the second task.';
  const { id } = await completed('2026-03-04', {
    state: 'returned',
    asked: null,
    since,
    until,
    remark,
    by: 'Ann',
    at: since,
  });
  expect((await run('list')).stdout).toMatch(new RegExp(`${id} {2}returned \\(expired\\) `));
  expect((await run('versions', id)).stdout).toContain('complete returned (expired)  ');
  const status = await run('status', id);
  expect(status.stdout).toContain(
    'completed: returned, expired since 2026-03-02 12:00 (UTC): a correction of it makes a draft again\n',
  );
  expect(status.stdout).toContain(`remark: ${remark}`);
  const { approval } = JSON.parse((await run('status', id, '--json')).stdout) as {
    approval: unknown;
  };
  expect(approval).toMatchObject({ state: 'returned', isExpired: true, by: 'Ann' });
});

test('a version says what a person did in the past tense', async () => {
  const [since, until] = [new Date(0).toISOString(), '2999-01-02T12:00:00.000Z'];
  const draft = { state: 'draft', asked: null, since, until } as const;
  const { id, ran, published, library } = await completed('2026-03-05', draft);
  let [base, version] = [published.minutesKey, 1];
  for (const kind of ['rename', 'join', 'edit', 'resummarize'] as const) {
    version += 1;
    const minutesKey = outputKey(tenant, id, version, 'minutes.json');
    const revision = { kind, version, base: version - 1, by: 'Bob', at: since };
    await library.publishRevision(ran, base, { ...published, version, minutesKey, revision });
    base = minutesKey;
  }
  expect([...(await run('versions', id)).stdout.matchAll(/Bob: .*/g)].map(String)).toEqual([
    'Bob: summarised anew, from version 4',
    'Bob: edited, from version 3',
    'Bob: joined two speakers, from version 2',
    'Bob: renamed a speaker, from version 1',
  ]);
});
