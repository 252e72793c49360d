import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshTenant } from '../../fresh-tenant.ts';
import { finishedJob } from './finished-job.ts';
import { openGateway } from './gateway-bench.ts';

const ID = 'bcdefghabcdefghabcdefghabc';
const NOBODY = 'cbcdefghabcdefghabcdefghab';
let gateway: Awaited<ReturnType<typeof openGateway>>;
let tenant: string;
beforeAll(async () => {
  gateway = await openGateway();
  tenant = freshTenant();
  await finishedJob(gateway.services, tenant, ID);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const BODIES: Readonly<Record<string, object>> = {
  'rename-speaker': { speaker: 'S1', name: 'Ann' },
  'join-speakers': { speaker: 'S1', into: 'S2' },
  resummarize: { template: 'board' },
  approve: { version: 1 },
  return: { version: 1, remark: 'No.' },
  delegate: { to: 'Eve' },
  edit: { summary: '' },
};

test('a job of another tenant is answered as one that does not exist, by every route that names a job', async () => {
  const routes = gateway.routes.filter(({ url }) => url.includes(':id'));
  expect(routes.length).toBeGreaterThanOrEqual(5);
  const other = freshTenant();
  for (const { url, method } of routes) {
    const answers = [];
    for (const id of [ID, ID.slice(0, 9), NOBODY]) {
      const path = url.replace('/api', '').replace(':id', id).replace(':name', 'minutes.md');
      const payload = BODIES[path.split('/').at(-1) ?? ''];
      const { status, body } = await gateway.ask(other, path, {
        method,
        ...(payload !== undefined && { payload }),
      });
      answers.push(JSON.stringify({ status, body }).replaceAll(id, 'ID'));
    }
    const [first = ''] = answers;
    expect([url, first]).toEqual([url, expect.stringContaining('has no job ID')]);
    expect(first).toContain('"name":"JobNotFoundError"');
    expect(new Set(answers).size).toBe(1);
  }
});
