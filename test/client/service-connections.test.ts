import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createDatabase } from '../../adapters/database/create-database.ts';
import { createServiceConnections } from '../../client/service-connections.ts';
import { testStack } from '../support/stack.ts';

test('a service that did not answer is asked again, and what answered is kept', async () => {
  const { databaseUrl } = testStack();
  const name = `later_${randomUUID().replaceAll('-', '')}`;
  const later = Object.assign(new URL(databaseUrl), { pathname: `/${name}` }).href;
  const server = createDatabase({ url: databaseUrl, maxConnections: 1 });
  const services = createServiceConnections({ DATABASE_URL: later });
  await expect(services.apiKeys()).rejects.toThrow('there is no such database');
  await sql`create database ${sql.id(name)}`.execute(server);
  try {
    await expect(services.apiKeys()).rejects.toThrow('lacks the migrations');
    expect(await services.database()).toBe(await services.database());
  } finally {
    await services.close();
    await sql`drop database ${sql.id(name)}`.execute(server);
    await server.destroy();
  }
});
