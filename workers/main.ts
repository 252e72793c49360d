import type { Client } from '@temporalio/client';
import { Runtime, type LogLevel, type Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from '../activities/index.ts';
import { connectRedis } from '../adapters/cache/connect-redis.ts';
import { createDatabase } from '../adapters/database/create-database.ts';
import { createJobLibrary } from '../adapters/database/create-job-library.ts';
import { createLedger } from '../adapters/database/create-ledger.ts';
import { pendingMigrations } from '../adapters/database/migrate.ts';
import { loadInferenceConfiguration } from '../adapters/inference/targets/load-configuration.ts';
import { createModelFacts } from '../adapters/inference/hub/model-facts.ts';
import { preflight, whatIsNotLive } from '../adapters/inference/hub/preflight.ts';
import { requireMediaBinaries } from '../adapters/media/media-binaries.ts';
import { createObjectStore } from '../adapters/object-store/create-object-store.ts';
import { connectClient, connectNative } from '../adapters/temporal/connect.ts';
import { requireSearchAttributes } from '../adapters/temporal/search-attributes.ts';
import { workflowStatus } from '../adapters/temporal/workflow-status.ts';
import { parseWorkerConfig, WorkerConfigError, type WorkerConfig } from './config.ts';
import {
  createInferenceLayer,
  type InferenceLayer,
} from '../adapters/inference/call/create-inference-layer.ts';
import { createWorkers } from './create-workers.ts';
import { startHealthServer } from './health-server.ts';

// Of an error its own words alone: drivers hang the row that they could not write on theirs.
const log = pino({
  base: null,
  serializers: {
    error: (error: unknown) =>
      error instanceof Error
        ? { name: error.name, message: error.message, stack: error.stack }
        : String(error),
  },
});

const PINO_LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/** The composition root: config -> adapters -> activities -> workers. Every resource closes in reverse order. */
async function run(config: WorkerConfig): Promise<void> {
  await using closing = new AsyncDisposableStack();

  const workers: Worker[] = [];
  const inference = loadInferenceConfiguration({ ...config.inference, env: config.env });
  for (const { role, name, variable } of inference.skipped) {
    log.info({ role, target: name, variable }, 'target skipped: its variable is unset');
  }
  const redis =
    config.redisUrl === null
      ? null
      : await connectRedis(config.redisUrl, { log: (message) => log.warn(message) });
  closing.defer(() => redis?.close());
  const layer = createInferenceLayer({
    inference,
    redis,
    tokenizerDirectory: config.tokenizerDirectory,
    onGateFallback: (error) =>
      log.warn({ error }, "the gates of the targets are this process's own until Redis is back"),
  });
  closing.defer(() => layer.close());
  const health = await startHealthServer(() => workers, config.healthPort, layer.metrics);
  closing.defer(() => health.close());
  await requireMediaBinaries(config.binaries);
  const store = createObjectStore(config.objectStore);
  closing.defer(() => store.close());
  await store.check();
  const database = createDatabase({ url: config.databaseUrl, maxConnections: 10 });
  closing.defer(() => database.destroy());
  const pending = await pendingMigrations(database);
  if (pending.length > 0) {
    throw new WorkerConfigError(
      `the database lacks ${pending.length} migrations: run npm run -s hansard -- migrate`,
    );
  }
  installRuntime();
  // It keeps the process alive, whatever became of the rest.
  closing.defer(() => Runtime.instance().shutdown());
  const { connection, namespace } = await connectNative({ env: config.env });
  closing.defer(() => connection.close());
  const client = await connectClient({ env: config.env });
  closing.defer(() => client.connection.close());
  await requireSearchAttributes(client.connection, namespace);
  const activities = createActivities({
    store,
    ledger: createLedger(database),
    library: createJobLibrary(database),
    ...layer,
    binaries: config.binaries,
    scratchDirectory: config.scratchDirectory,
    isRunning: (workflowId) => isRunning(client, workflowId),
    now: () => new Date(),
  });
  workers.push(
    ...(await createWorkers({
      connection,
      namespace,
      activities,
      targets: Object.values(inference.roles).flat(),
      workflowBundle: config.workflowBundle,
    })),
  );
  log.info(
    { health: health.url, queues: workers.map(({ options }) => options.taskQueue) },
    'ready',
  );
  // Beside the work: what Hugging Face says of the chains is worth knowing, and nothing waits for it.
  void reportMappings(layer);
  await Promise.all(workers.map((worker) => worker.run()));
}

/** Counts who serves the chains, and logs whom Hugging Face does not call live. */
async function reportMappings({ inference, transport, metrics }: InferenceLayer): Promise<void> {
  const facts = createModelFacts(inference.services, transport.exchange);
  for (const finding of await preflight(inference, facts)) {
    metrics.setMapping(finding.target, finding.mapping);
    const trouble = whatIsNotLive(finding);
    if (trouble !== null) log.warn({ role: finding.role, target: finding.target }, trouble);
  }
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  const status = (await workflowStatus(client, workflowId))?.status;
  return status === 'running' || status === 'queued';
}

/** The SDK's native part, with its logs in ours. */
function installRuntime(): void {
  Runtime.install({
    logger: {
      log: (level, message, meta) => log[PINO_LEVELS[level]](meta, message),
      trace: (message, meta) => log.trace(meta, message),
      debug: (message, meta) => log.debug(meta, message),
      info: (message, meta) => log.info(meta, message),
      warn: (message, meta) => log.warn(meta, message),
      error: (message, meta) => log.error(meta, message),
    },
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
}

try {
  await run(parseWorkerConfig());
} catch (error) {
  console.error(`hansard worker: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
