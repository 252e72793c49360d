import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServiceConnections } from '../../client/service-connections.ts';
import { hansardHere } from '../support/run-command.ts';
import { testStack } from '../support/stack.ts';
import { freshTenant } from './fresh-tenant.ts';

/** A person reads version 1, and somebody publishes an edit before they approve. No worker is needed to be told so. */

const services = createServiceConnections(testStack().env);
const tenant = freshTenant();
const id = 'a'.repeat(26);
afterAll(() => services.close());
beforeAll(async () => {
  const library = await services.library();
  const job = { tenant, id, kind: 'minutes' as const, workflowId: `minutes/${tenant}/${id}` };
  const facts = { title: 'Planning', meetingDate: null, durationSeconds: 1 };
  await library.submit({ ...job, ...facts, sourceSha256: 's', sourceName: 'talk.txt' }, null);
  const row = await library.find(tenant, id);
  if (row === null) throw new Error('there is no row');
  const run = { tenant, jobId: id, runId: randomUUID() };
  await library.beginRun(row, run.runId);
  const first = {
    ...facts,
    version: 1,
    revision: null,
    approval: null,
    language: 'en',
    result: 'complete' as const,
    minutesKey: `${tenant}/jobs/${id}/versions/1/minutes.json`,
    searchText: '',
    degradations: [],
  };
  await library.publish(run, null, first);
  await library.endRun(run, { status: 'completed', result: 'complete', failure: null });
  await library.publishRevision({ tenant, jobId: id }, first.minutesKey, {
    ...first,
    version: 2,
    revision: { kind: 'edit', base: 1, by: 'Eve' },
    minutesKey: first.minutesKey.replace('/1/', '/2/'),
  });
});

const run = (...args: string[]) =>
  hansardHere(args, { ...testStack().env, HANSARD_TENANT: tenant });

test.each([
  [['approve', id], `npm run -s hansard -- approve ${id} --version 2`],
  [
    ['approve', id, '--by', 'Ann Lee', '--tenant', tenant, '--json'],
    `npm run -s hansard -- approve ${id} --version 2 --by 'Ann Lee' --tenant ${tenant}`,
  ],
  [
    ['return', id, 'Tom owns it, not Bob.'],
    `npm run -s hansard -- return ${id} "REMARK" --version 2`,
  ],
])('%s needs the version that was read, and says what to type', async (args, command) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /shows version 2, made 20\d\d-.* \(UTC\) by Eve: edited, from version 1: /,
  );
  expect(stderr).toContain(command);
  expect(stderr).not.toContain('Tom');
});

test.each(['approve', 'return'])('%s refuses the version before', async (command) => {
  const remark = command === 'return' ? ['No.'] : [];
  const { code, stderr } = await run(command, id, ...remark, '--version', '1');
  expect(code).toBe(2);
  expect(stderr).toContain('shows version 2 by now, and not 1: nothing was decided');
});
