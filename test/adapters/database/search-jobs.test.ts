import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from '../../../adapters/database/create-database.ts';
import { createJobLibrary } from '../../../adapters/database/job-library.ts';
import { migrate } from '../../../adapters/database/migrate.ts';
import { candidatesOf } from '../../../adapters/database/search-jobs.ts';
import { parseSearch, searchWords } from '../../../adapters/database/search-words.ts';
import { testStack } from '../../support/stack.ts';

const url = testStack().databaseUrl;
const server = createDatabase({ url, maxConnections: 1 });
const name = `search_${randomUUID().replaceAll('-', '')}`;
const db = createDatabase({
  url: Object.assign(new URL(url), { pathname: `/${name}` }).href,
  maxConnections: 2,
});
const library = createJobLibrary(db);

beforeAll(async () => {
  await sql`create database ${sql.id(name)}`.execute(server);
  await migrate(db);
});
afterAll(async () => {
  await db.destroy();
  await sql`drop database ${sql.id(name)} with (force)`.execute(server);
  await server.destroy();
});

async function publish(tenant: string, id: string, title: string, searchText: string) {
  const job = { tenant, id, kind: 'minutes', workflowId: `minutes/${tenant}/${id}` } as const;
  const facts = { meetingDate: '2026-03-02', durationSeconds: 60 };
  await library.submit(
    { ...job, ...facts, title, sourceSha256: 'a'.repeat(64), sourceName: 'x.flac' },
    null,
  );
  const row = await library.find(tenant, id);
  if (row === null) throw new Error('there is no row');
  await library.beginRun(row, 'run');
  await library.publish({ tenant, jobId: id, runId: 'run' }, null, {
    ...facts,
    version: 1,
    revision: null,
    approval: null,
    result: 'complete',
    title,
    language: null,
    minutesKey: `${tenant}/${id}`,
    degradations: [],
    searchText,
  });
}

async function search(tenant: string, text: string, limit = 20) {
  const terms = parseSearch(text);
  if (terms === null) throw new Error('no words');
  return await library.search(tenant, terms, { limit });
}
const idsOf = async (tenant: string, text: string, limit?: number) =>
  (await search(tenant, text, limit)).jobs.map(({ job }) => job.id);

test('words are found inside a clause, in every language, together and in their tenant only', async () => {
  await publish('one', 'zh', '周会', '讨论预算。\n他们要提交新的报价方案\n下周五之前完成');
  await publish('one', 'ja', '定例会議', '見積書を来週までに提出します');
  await publish('one', 'de', 'Sitzung', 'Der Müller bringt die Budgetplanung mit.');
  await publish('one', 'en', 'Review', 'The budgets are final; the 报价 is due in May.');
  await publish('one', 'ko', '회의', '다음 주에 사업예산을 확정합니다');
  await publish('two', 'zh', '周会', '他们要提交新的报价方案');

  // The words of a job are not those of another tenant's job with the same id.
  expect(await idsOf('one', '讨论预算')).toEqual(['zh']);
  expect(await idsOf('two', '讨论预算')).toEqual([]);
  expect(await idsOf('one', '报价')).toEqual(['en', 'zh']);
  expect(await idsOf('one', '报价方案')).toEqual(['zh']);
  expect(await idsOf('one', '案')).toEqual(['zh']);
  expect(await idsOf('one', '周会')).toEqual(['zh']);
  expect(await idsOf('one', '来週')).toEqual(['ja']);
  expect(await idsOf('one', '예산')).toEqual(['ko']);
  expect(await idsOf('one', 'budget')).toEqual(['en', 'de']);
  expect(await idsOf('one', 'muller')).toEqual(['de']);
  expect(await idsOf('one', 'budget 报价')).toEqual(['en']);
  expect(await idsOf('one', 'review final')).toEqual(['en']);
  expect(await idsOf('one', '报价 sitzung')).toEqual([]);
  expect(await idsOf('one', 'planung')).toEqual([]);
  expect(await idsOf('two', '报价')).toEqual(['zh']);
  expect(await idsOf('two', 'budget')).toEqual([]);
  expect(await idsOf('three', '报价')).toEqual([]);
});

test('what is found is the newest, with the line that has a word', async () => {
  const { jobs } = await search('one', '报价', 1);
  expect(jobs.map(({ job, found }) => [job.id, found])).toEqual([
    ['en', { line: 'The budgets are final; the 报价 is due in May.', at: 27 }],
  ]);
  const [only] = (await search('one', '报价方案')).jobs;
  expect(only?.found).toEqual({ line: '他们要提交新的报价方案', at: 7 });
});

test('a text that has the pairs of a term in other places is passed over, however many there are', async () => {
  await publish('pairs', 'right', 'a', '我们的报价方案');
  for (let index = 0; index < 21; index += 1) {
    await publish('pairs', `wrong${index}`, 'b', '报价，价方，方案');
  }
  expect(await idsOf('pairs', '报价方案', 3)).toEqual(['right']);
  expect(await idsOf('pairs', '方案')).toHaveLength(20);
});

test('another title is found, and the earlier one no longer', async () => {
  await publish('titles', 'x', 'Quarterly', 'nothing');
  await library.retitle('titles', 'x', '季度总结');
  expect(await idsOf('titles', '总结 nothing')).toEqual(['x']);
  expect(await idsOf('titles', 'quarterly')).toEqual([]);
});

test('a meeting with more words than the search holds is found by the others, and counted', async () => {
  const words = Array.from({ length: 12_000 }, (_, index) => `word${index}`.padEnd(90, 'x'));
  await publish('long', 'x', 'Endless', `beginning ${words.join(' ')} ending`);
  expect(await search('long', 'beginning')).toMatchObject({ jobs: [{ job: { id: 'x' } }], cut: 1 });
  expect(await search('long', 'ending')).toEqual({ jobs: [], next: null, cut: 1 });
  expect((await search('one', 'budget')).cut).toBe(0);
});

test('a U+0000 and half a character do no harm', async () => {
  await publish(
    'odd',
    'x',
    'Planning',
    `before\0after \uD800 ${'é'.repeat(3_000)} ${'报'.repeat(3_000)}`,
  );
  expect(await idsOf('odd', 'after')).toEqual(['x']);
  expect(await idsOf('odd', '报报报')).toEqual(['x']);
});

test('among 10,000 meetings a search reads the index and not the table', async () => {
  const { words } = searchWords('预算 budget');
  // Faster to fill so.
  await sql`alter index job_words_search set (fastupdate = on)`.execute(db);
  for (let from = 1; from < 10_000; from += 2_000) {
    await sql`
      with made as (
        insert into job (tenant, id, kind, workflow_id, status, source_sha256, source_name, search_text)
        select 'many', 'id' || n, 'minutes', 'w', 'completed', 's', 'n', '预算 budget'
        from generate_series(${from}::int, ${from + 1_999}::int) n returning id
      )
      insert into job_words (tenant, job_id, title_words, text_words)
      select 'many', id, array_to_tsvector(array['@many']), array_to_tsvector(${words}::text[] || id) from made`.execute(
      db,
    );
  }
  await sql`select gin_clean_pending_list('job_words_search')`.execute(db);
  await sql`alter index job_words_search set (fastupdate = off)`.execute(db);
  await publish('many', 'needle', 'Needle', '提交新的报价方案');
  await sql`analyze job, job_words`.execute(db);
  for (const text of ['报价', '预算', 'budget', 'id77']) {
    const terms = parseSearch(text);
    if (terms === null) throw new Error('no words');
    const plan = await db.transaction().execute(async (transaction) => {
      await sql`set local enable_seqscan = off`.execute(transaction);
      return await candidatesOf(transaction, 'many', terms).limit(20).explain('json');
    });
    expect(JSON.stringify(plan)).toContain('"Index Name":"job_words_search"');
    expect(JSON.stringify(plan)).not.toContain('Seq Scan');
  }
  expect(await idsOf('many', '报价')).toEqual(['needle']);
  expect(await idsOf('many', '预算')).toHaveLength(20);
});
