import { createDatabase } from '../../adapters/database/create-database.ts';
import { migrate } from '../../adapters/database/migrate.ts';
import { connectClient } from '../../adapters/temporal/connect.ts';
import { registerSearchAttributes } from '../../adapters/temporal/search-attributes.ts';
import type { StackFacts } from '../../local/stack-facts.ts';

/** Does what `hansard migrate` does, for the parts that run: the tables and Temporal's search attributes. */
export async function migrateStack(
  stack: Pick<StackFacts, 'databaseUrl' | 'temporal' | 'env'>,
): Promise<void> {
  await Promise.all([
    stack.databaseUrl === null ? null : migrateDatabase(stack.databaseUrl),
    stack.temporal === null ? null : registerAttributes(stack.env),
  ]);
}

async function migrateDatabase(url: string) {
  const database = createDatabase({ url, maxConnections: 1 });
  try {
    await migrate(database);
  } finally {
    await database.destroy();
  }
}

async function registerAttributes(env: StackFacts['env']) {
  const client = await connectClient({ env });
  try {
    await registerSearchAttributes(client);
  } finally {
    await client.connection.close();
  }
}
