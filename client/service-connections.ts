import { parseDatabaseUrl } from '../adapters/database/parse-database-url.ts';
import type { S3Options } from '../adapters/object-store/create-s3-client.ts';
import { parseS3Settings } from '../adapters/object-store/parse-s3-settings.ts';
import type { Environment } from '../adapters/settings/environment.ts';

export type ServiceConnections = ReturnType<typeof createServiceConnections>;

/**
 * Connections to the services that the environment names. Each service is loaded, connected and checked on the first
 * call; later calls return the same connection.
 */
export function createServiceConnections(env: Environment) {
  const closers: (() => Promise<void>)[] = [];
  const temporal = once(async () => {
    const { connectClient } = await import('../adapters/temporal/connect.ts');
    const client = await connectClient({ env });
    closers.push(() => client.connection.close());
    return client;
  });
  const store = once(async () => {
    const { createObjectStore } = await import('../adapters/object-store/object-store.ts');
    const store = createObjectStore(clientS3Options(env));
    closers.push(async () => {
      store.close();
    });
    await store.check();
    return store;
  });
  const database = once(async () => {
    const url = parseDatabaseUrl(env);
    const { checkDatabase, createDatabase } =
      await import('../adapters/database/create-database.ts');
    const database = createDatabase({ url, maxConnections: 2 });
    closers.push(() => database.destroy());
    await checkDatabase(database);
    return database;
  });
  const library = once(async () => {
    const [opened, { requireMigrations }, { createJobLibrary }] = await Promise.all([
      database(),
      import('../adapters/database/migrate.ts'),
      import('../adapters/database/job-library.ts'),
    ]);
    await requireMigrations(opened);
    return createJobLibrary(opened);
  });
  return {
    temporal,
    store,
    /** Migrated or not. */
    database,
    /** Throws `MigrationsPendingError` when the tables are not up to date. */
    library,
    close: async () => {
      await Promise.allSettled(closers.map((close) => close()));
    },
  };
}

/** No workflow retries for the command line, so each request is tried three times. */
export const clientS3Options = (env: Environment): S3Options => ({
  ...parseS3Settings(env),
  attempts: 3,
});

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}
