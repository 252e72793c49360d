import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { parseLocalConfig } from '../../../local/config.ts';
import { provisionAll } from '../../../local/provision/provision-all.ts';
import type { StackPart } from '../../../local/stack-facts.ts';
import { startStack } from '../../../local/stack.ts';
import { ANY_FREE_PORTS } from '../../support/any-free-ports.ts';
import { testStack } from '../../support/stack.ts';

vi.setConfig({ testTimeout: 60_000 });

async function ask(url: string | null, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url ?? '' });
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: unknown }>(text);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}

test('Chinese text and letters with accents are searched and compared as text', async () => {
  const { databaseUrl } = testStack();
  const lexemes = "select to_tsvector('simple', 'ÜBER 会议纪要，Ελλάδα')::text as answer";
  expect(await ask(databaseUrl, lexemes)).toBe("'über':1 'ελλάδα':3 '会议纪要':2");
  expect(await ask(databaseUrl, "select lower('ÄÖ Ж') as answer")).toBe('äö ж');
});

test('a database that was made without a language learns it', async () => {
  const config = parseLocalConfig(process.env);
  const parts = ['postgres'] satisfies StackPart[];
  const directory = await mkdtemp(join(tmpdir(), 'stack-'));
  const options = {
    directory,
    parts,
    home: config.home,
    ports: ANY_FREE_PORTS,
    tools: await provisionAll(config, parts, () => {}),
    log: () => {},
    durable: false,
  };
  const first = await startStack(options);
  // As earlier versions made it.
  await ask(
    first.databaseUrl,
    "update pg_database set datlocprovider = 'c', datlocale = null, datctype = 'C' where datname = 'hansard'",
  );
  const words = "select length(to_tsvector('simple', '会议纪要，预算')) as answer";
  expect(await ask(first.databaseUrl, words)).toBe(1);
  await first.stop();

  const second = await startStack(options);
  expect(await ask(second.databaseUrl, words)).toBe(2);
  expect(await ask(second.databaseUrl, "select lower('ÄÖ') as answer")).toBe('äö');
  await second.remove();
});
