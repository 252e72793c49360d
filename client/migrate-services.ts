import { migrate } from '../adapters/database/migrate.ts';
import { ensureBucket } from '../adapters/object-store/ensure-bucket.ts';
import { registerSearchAttributes } from '../adapters/temporal/search-attributes.ts';
import { parseObjectStoreConfig, type Environment } from './config.ts';
import type { Services } from './services.ts';
import { applySweepSchedule } from './jobs/sweep-jobs.ts';

export interface Migrated {
  /** Migrations that ran now. */
  readonly migrations: readonly string[];
  readonly bucket: 'created' | 'exists';
  /** Search attributes that were added now. */
  readonly searchAttributes: readonly string[];
  readonly sweepSchedule: 'created' | 'replaced';
}

/** Brings Postgres, S3 and Temporal to where Hansard needs them. Safe to run twice. */
export async function migrateServices(env: Environment, services: Services): Promise<Migrated> {
  // Everything is reached before anything is changed.
  const [database, client] = await Promise.all([services.database(), services.temporal()]);
  const bucket = await ensureBucket(parseObjectStoreConfig(env));
  const migrations = await migrate(database);
  const { connection, options } = client;
  const searchAttributes = await registerSearchAttributes(connection, options.namespace);
  const sweepSchedule = await applySweepSchedule(client);
  return { migrations, bucket, searchAttributes, sweepSchedule };
}
