import { parseDatabaseUrl } from '../adapters/database/parse-database-url.ts';
import type { S3Options } from '../adapters/object-store/create-s3-client.ts';
import { parseS3Settings } from '../adapters/object-store/parse-s3-settings.ts';
import type { Environment } from '../adapters/settings/environment.ts';
import type { Logger } from 'pino';

export type ServiceConnections = ReturnType<typeof createServiceConnections>;

/**
 * Connections to the services that the environment names. Each service is loaded, connected and checked on the first
 * call; later calls return the same connection, or try again where it failed.
 */
export function createServiceConnections(
  env: Environment,
  {
    maxDatabaseConnections = 2,
    log = SILENT,
  }: {
    readonly maxDatabaseConnections?: number;
    /** Where `inference` tells of targets that are skipped, and of Redis. Default: nowhere. */
    readonly log?: Pick<Logger, 'info' | 'warn'>;
  } = {},
) {
  const closers = new Set<() => unknown>();
  /** What does not stand the check is closed at once: the next call opens another. */
  const checked = async (close: () => unknown, check: () => Promise<unknown>) => {
    closers.add(close);
    try {
      await check();
    } catch (error) {
      closers.delete(close);
      await close();
      throw error;
    }
  };
  const temporal = untilOpen(async () => {
    const { connectClient } = await import('../adapters/temporal/connect.ts');
    const client = await connectClient({ env });
    closers.add(() => client.connection.close());
    return client;
  });
  const store = untilOpen(async () => {
    const { createObjectStore } = await import('../adapters/object-store/object-store.ts');
    const store = createObjectStore(clientS3Options(env));
    await checked(
      () => store.close(),
      () => store.check(),
    );
    return store;
  });
  const partUploads = untilOpen(async () => {
    const { createPartUploads } = await import('../adapters/object-store/part-uploads.ts');
    const opened = createPartUploads(clientS3Options(env));
    closers.add(() => opened.close());
    return opened;
  });
  const database = untilOpen(async () => {
    const url = parseDatabaseUrl(env);
    const { checkDatabase, createDatabase } =
      await import('../adapters/database/create-database.ts');
    const database = createDatabase({ url, maxConnections: maxDatabaseConnections });
    await checked(
      () => database.destroy(),
      () => checkDatabase(database),
    );
    return database;
  });
  const migrated = untilOpen(async () => {
    const [opened, { requireMigrations }] = await Promise.all([
      database(),
      import('../adapters/database/migrate.ts'),
    ]);
    await requireMigrations(opened);
    return opened;
  });
  const apiKeys = untilOpen(async () => {
    const { createApiKeys } = await import('../adapters/database/api-keys.ts');
    return createApiKeys(await migrated());
  });
  return {
    temporal,
    store,
    partUploads,
    /** Migrated or not. */
    database,
    /** Throws `MigrationsPendingError` when the tables are not up to date, as the ones below. */
    library: untilOpen(async () => {
      const { createJobLibrary } = await import('../adapters/database/job-library.ts');
      return createJobLibrary(await migrated());
    }),
    apiKeys,
    /** Of a process that looks keys up again and again. */
    knownKeys: untilOpen(async () => {
      const [keys, { KEY_CHANNEL }, { hearNotices }, { createKnownKeys }] = await Promise.all([
        apiKeys(),
        import('../adapters/database/api-keys.ts'),
        import('../adapters/database/hear-notices.ts'),
        import('../adapters/database/known-keys.ts'),
      ]);
      const from = { url: parseDatabaseUrl(env), db: await database() };
      const notices = hearNotices(from, KEY_CHANNEL, () => known.forgetAll());
      const known = createKnownKeys(keys, { notices });
      closers.add(() => notices.close());
      return known;
    }),
    signingKeys: untilOpen(async () => {
      const { createSigningKeys } = await import('../adapters/database/signing-keys.ts');
      return createSigningKeys(await migrated());
    }),
    nonces: untilOpen(async () => {
      const { createNonces } = await import('../adapters/database/nonces.ts');
      return createNonces(await migrated());
    }),
    uploads: untilOpen(async () => {
      const { createUploads } = await import('../adapters/database/uploads.ts');
      return createUploads(await migrated());
    }),
    sessions: untilOpen(async () => {
      const { createSessions } = await import('../adapters/database/sessions.ts');
      return createSessions(await migrated());
    }),
    identitySessions: untilOpen(async () => {
      const { createIdentitySessions } = await import('../adapters/database/identity-sessions.ts');
      return createIdentitySessions(await migrated());
    }),
    /** The issuers of `hansard.yaml`. Throws `ConfigurationError`. */
    issuers: untilOpen(async () => {
      const [{ readIssuers }, { openIssuers }] = await Promise.all([
        import('../adapters/issuers/read-issuers.ts'),
        import('../adapters/issuers/open-issuers.ts'),
      ]);
      return openIssuers(await readIssuers(env, process.cwd()));
    }),
    refusals: untilOpen(async () => {
      const { createRefusals } = await import('../adapters/database/refusals.ts');
      return createRefusals(await migrated());
    }),
    idempotentRequests: untilOpen(async () => {
      const { createIdempotentRequests } =
        await import('../adapters/database/idempotent-requests.ts');
      return createIdempotentRequests(await migrated());
    }),
    /** Null: none is configured. */
    redis: untilOpen(async () => {
      const { parseRedisUrl } = await import('../adapters/cache/parse-redis-url.ts');
      const url = parseRedisUrl(env);
      if (url === null) return null;
      const { connectRedis } = await import('../adapters/cache/connect-redis.ts');
      const redis = await connectRedis(url);
      closers.add(() => redis.close());
      return redis;
    }),
    ledger: untilOpen(async () => {
      const { createLedger } = await import('../adapters/database/create-ledger.ts');
      return createLedger(await migrated());
    }),
    /** The targets of `hansard.yaml`. Throws `ConfigurationError`, `SettingError`. */
    inference: untilOpen(async () => {
      const { openRequestInference } =
        await import('./gateway/inference/open-request-inference.ts');
      const opened = await openRequestInference(env, log);
      closers.add(opened.close);
      return opened;
    }),
    /** Of targets: see `CallTraffic`. */
    callTraffic: untilOpen(async () => {
      const { callTraffic } = await import('../adapters/database/call-traffic.ts');
      const opened = await migrated();
      return async (targets: readonly string[]) => await callTraffic(opened, targets);
    }),
    webhookEndpoints: untilOpen(async () => {
      const { createWebhookEndpoints } = await import('../adapters/database/webhooks/endpoints.ts');
      return createWebhookEndpoints(await migrated());
    }),
    webhookDeliveries: untilOpen(async () => {
      const { createWebhookDeliveries } =
        await import('../adapters/database/webhooks/deliveries.ts');
      return createWebhookDeliveries(await migrated());
    }),
    close: async () => {
      await Promise.allSettled([...closers].map(async (close) => await close()));
    },
  };
}

const SILENT = { info: () => {}, warn: () => {} };

/** No workflow retries for the command line, so each request is tried three times. */
export const clientS3Options = (env: Environment): S3Options => ({
  ...parseS3Settings(env),
  attempts: 3,
});

/** Opens once; after a failure, the next call tries again. */
function untilOpen<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}
