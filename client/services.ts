import type { Client } from '@temporalio/client';
import {
  checkDatabase,
  createDatabase,
  type Database,
} from '../adapters/database/create-database.ts';
import { createJobLibrary } from '../adapters/database/create-job-library.ts';
import type { JobLibrary } from '../adapters/database/job-library.ts';
import { pendingMigrations } from '../adapters/database/migrate.ts';
import { createObjectStore } from '../adapters/object-store/create-object-store.ts';
import type { ObjectStore } from '../adapters/object-store/object-store.ts';
import { connectClient } from '../adapters/temporal/connect.ts';
import { parseDatabaseUrl, parseObjectStoreConfig, type Environment } from './config.ts';

/** Each is opened, and found fit, when it is first asked for; later callers get the same one. */
export interface Services {
  readonly temporal: () => Promise<Client>;
  readonly store: () => Promise<ObjectStore>;
  /** The database as it is, migrated or not. */
  readonly database: () => Promise<Database>;
  /** Throws `MigrationsPendingError` where the tables are not up to date. */
  readonly library: () => Promise<JobLibrary>;
  readonly close: () => Promise<void>;
}

/** The services that the environment names. Nothing is connected yet. */
export function createServices(env: Environment): Services {
  const closers: (() => Promise<void>)[] = [];
  const temporal = once(async () => {
    const client = await connectClient({ env });
    closers.push(() => client.connection.close());
    return client;
  });
  const store = once(async () => {
    const store = createObjectStore(parseObjectStoreConfig(env));
    closers.push(async () => {
      store.close();
    });
    await store.check();
    return store;
  });
  const database = once(async () => {
    const database = createDatabase({ url: parseDatabaseUrl(env), maxConnections: 2 });
    closers.push(() => database.destroy());
    await checkDatabase(database);
    return database;
  });
  const library = once(async () => {
    const opened = await database();
    const pending = await pendingMigrations(opened);
    if (pending.length > 0) throw new MigrationsPendingError(pending);
    return createJobLibrary(opened);
  });
  return {
    temporal,
    store,
    database,
    library,
    close: async () => {
      await Promise.allSettled(closers.map((close) => close()));
    },
  };
}

export class MigrationsPendingError extends Error {
  override readonly name = 'MigrationsPendingError';

  constructor(pending: readonly string[]) {
    super(
      `the database of DATABASE_URL lacks the migrations ${pending.join(', ')}: run npm run -s hansard -- migrate`,
    );
  }
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}
