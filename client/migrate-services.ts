import type { Environment } from '../adapters/settings/environment.ts';
import { createDatabase } from '../adapters/database/create-database.ts';
import { migrate } from '../adapters/database/migrate.ts';
import { parseDatabaseUrl } from '../adapters/database/parse-database-url.ts';
import { allowPartUploads } from '../adapters/object-store/allow-part-uploads.ts';
import { ensureBucket } from '../adapters/object-store/ensure-bucket.ts';
import { registerSearchAttributes } from '../adapters/temporal/search-attributes.ts';
import { untilServed } from '../adapters/temporal/until-served.ts';
import { clientS3Options, type ServiceConnections } from './service-connections.ts';
import { applySweepSchedule } from './jobs/sweep-jobs.ts';

/**
 * Migrates the database, makes the bucket, registers search attributes and the sweep. Safe to run twice. Returns what ran
 * or was added now. `pageUploads` also replaces what the bucket says of pages: see `allowPartUploads`.
 */
export async function migrateServices(
  env: Environment,
  services: ServiceConnections,
  { pageUploads = false }: { readonly pageUploads?: boolean } = {},
) {
  // Reach every service before changing one.
  const [, client] = await Promise.all([services.database(), services.temporal()]);
  const bucket = await ensureBucket(clientS3Options(env));
  if (pageUploads) await allowPartUploads(clientS3Options(env));
  const migrations = await migrateDatabase(parseDatabaseUrl(env));
  const searchAttributes = await untilServed(() => registerSearchAttributes(client));
  const sweepSchedule = await untilServed(() => applySweepSchedule(client));
  return { migrations, bucket, searchAttributes, sweepSchedule };
}

/** A migration may rewrite a large table, so its queries have a deadline of their own. */
async function migrateDatabase(url: string): Promise<readonly string[]> {
  const database = createDatabase({ url, maxConnections: 1, queryDeadlineMs: 3_600_000 });
  try {
    return await migrate(database);
  } finally {
    await database.destroy();
  }
}
