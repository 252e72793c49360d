import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepTitleWords } from '../../../../adapters/database/search-jobs.ts';
import { freshTenant } from '../../fresh-tenant.ts';
import { finishedJob } from './finished-job.ts';
import { openGateway } from './gateway-bench.ts';

type Gateway = Awaited<ReturnType<typeof openGateway>>;
let gateway: Gateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

interface Page {
  readonly jobs: readonly { readonly id: string; readonly status: string }[];
  readonly next: string | null;
}
const page = async (tenant: string, query: string) =>
  (await gateway.ask(tenant, `/jobs?${query}`)).body as Page;

const idOf = (index: number): string => {
  const letter = (digit: number) => String.fromCodePoint(97 + digit);
  return `${'a'.repeat(24)}${letter(Math.floor(index / 26))}${letter(index % 26)}`;
};

/** Rows that were created so many microseconds after noon, in the order given. */
async function insertJobs(tenant: string, micros: readonly number[], from = 0): Promise<void> {
  const database = await gateway.services.database();
  for (const [index, one] of micros.entries()) {
    await sql`insert into job (tenant, id, kind, workflow_id, status, source_sha256, source_name, created_at)
      values (${tenant}, ${idOf(from + index)}, 'minutes', 'w', 'failed', 's', 'n',
        '2026-03-02T12:00:00Z'::timestamptz + ${one} * interval '1 microsecond')`.execute(database);
  }
}

test('the pages of a list are the whole list, whatever their size, and whatever is submitted meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(
      // Few different times: many jobs are created at once, as far as anybody can tell.
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (micros, limit) => {
        const tenant = freshTenant();
        await insertJobs(tenant, micros);
        const expected = micros
          .map((micro, index) => ({ micro, id: idOf(index) }))
          .sort((a, b) => b.micro - a.micro || (a.id < b.id ? -1 : 1))
          .map(({ id }) => id);
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const query: string = cursor === null ? '' : `&cursor=${cursor}`;
          const { jobs, next } = await page(tenant, `limit=${limit}${query}`);
          expect(jobs.length).toBeLessThanOrEqual(limit);
          seen.push(...jobs.map(({ id }) => id));
          cursor = next;
          if (seen.length === limit) await insertJobs(tenant, [9_000_000], 100);
        } while (cursor !== null);
        expect(seen).toEqual(expected);
      },
    ),
    { numRuns: 15 },
  );
});

test('a list has the jobs of a status as list shows them', async () => {
  const tenant = freshTenant();
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const draft = { state: 'draft' as const, since: '2026-03-02T10:00:00.000Z', until };
  const { services } = gateway;
  await finishedJob(services, tenant, 'b'.repeat(26));
  await finishedJob(services, tenant, 'c'.repeat(26), { approval: draft });
  await finishedJob(services, tenant, 'd'.repeat(26), {
    approval: { ...draft, until: '2026-03-03T10:00:00.000Z' },
  });
  await insertJobs(tenant, [0]);
  const ids = async (status: string) =>
    (await page(tenant, `status=${status}`)).jobs.map((job) => `${job.id[0]} ${job.status}`);
  expect(await ids('waiting')).toEqual(['c waiting']);
  expect(await ids('completed')).toEqual(['d completed', 'b completed']);
  expect(await ids('failed')).toEqual(['a failed']);
  expect(await ids('running')).toEqual([]);
});

test.each(['cursor=x', `cursor=${Buffer.from('2026 a').toString('base64url')}`])(
  '%s is refused with what to do',
  async (query) => {
    const { status, body } = await gateway.ask(freshTenant(), `/jobs?${query}`);
    expect(status).toBe(422);
    expect(body).toEqual({
      name: 'InvalidOptionError',
      message:
        'cursor is none that this list gave: take it from next of the page before, or leave it out',
    });
  },
);

test.each(['limit=0', 'limit=1001', 'limit=x', 'status=gone', 'page=2'])(
  '%s is refused',
  async (query) => {
    expect((await gateway.ask(freshTenant(), `/jobs?${query}`)).status).toBe(400);
  },
);

test('the library gives the jobs that have a word, with its line, and no job of another tenant', async () => {
  const tenant = freshTenant();
  await finishedJob(gateway.services, tenant, 'b'.repeat(26), { title: '讨论新的报价方案' });
  const search = (who: string, words: string) =>
    gateway.ask(who, `/library?search=${encodeURIComponent(words)}`);
  expect((await search(tenant, '报价')).body).toMatchObject({
    jobs: [{ id: 'b'.repeat(26), status: 'completed', found: '讨论新的报价方案' }],
    cut: 0,
  });
  expect((await search(tenant, 'budget')).body).toMatchObject({
    jobs: [{ found: 'Ann brings the budget' }],
  });
  expect((await search(freshTenant(), '报价')).body).toEqual({ jobs: [], next: null, cut: 0 });
  expect((await search(tenant, '…')).body).toMatchObject({ name: 'InvalidOptionError' });
});

test('the pages of a search are all that is found, whatever their size', async () => {
  const tenant = freshTenant();
  // More than are looked at in one go.
  const ids = Array.from({ length: 23 }, (_, index) => idOf(index));
  await insertJobs(
    tenant,
    ids.map(() => 0),
  );
  const database = await gateway.services.database();
  for (const [index, id] of ids.entries()) {
    // The index gives those without a match, too; only the text itself tells.
    const title = index % 4 === 3 ? 'zwei Reihen' : 'Budgetplanung';
    await database
      .updateTable('job')
      .set({ title })
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .execute();
    await keepTitleWords(database, tenant, id, 'Budgetplanung');
  }
  const expected = ids.filter((_, index) => index % 4 !== 3);
  for (const limit of [1, 6, 18, 1_000]) {
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const url = `/library?search=budget&limit=${limit}${cursor}`;
      const { jobs, next } = (await gateway.ask(tenant, url)).body as Page;
      expect(jobs.length).toBeLessThanOrEqual(limit);
      seen.push(...jobs.map(({ id }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(seen).toEqual(expected);
  }
  expect((await gateway.ask(tenant, '/library?search=budget&cursor=x')).body).toMatchObject({
    name: 'InvalidOptionError',
  });
});
