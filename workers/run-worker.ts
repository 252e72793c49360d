import { DefaultLogger, Runtime, type LogLevel, type Worker } from '@temporalio/worker';
import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { createActivities } from '../activities/index.ts';
import { createDatabase } from '../adapters/database/create-database.ts';
import { createIdempotentRequests } from '../adapters/database/idempotent-requests.ts';
import { createNonces } from '../adapters/database/nonces.ts';
import { createJobLibrary } from '../adapters/database/job-library.ts';
import { createRefusals } from '../adapters/database/refusals.ts';
import { createUploads } from '../adapters/database/uploads.ts';
import { createLedger } from '../adapters/database/create-ledger.ts';
import { createWebhookDeliveries } from '../adapters/database/webhooks/deliveries.ts';
import { requireMigrations } from '../adapters/database/migrate.ts';
import { createModelFacts } from '../adapters/inference/hub/model-facts.ts';
import { preflight, whatIsNotLive } from '../adapters/inference/hub/preflight.ts';
import { requireMediaBinaries } from '../adapters/media/media-binaries.ts';
import { createLog } from '../adapters/logging/create-log.ts';
import { createPartUploads } from '../adapters/object-store/part-uploads.ts';
import { createObjectStore } from '../adapters/object-store/object-store.ts';
import { connectWorker } from '../adapters/temporal/connect.ts';
import { requireSearchAttributes } from '../adapters/temporal/search-attributes.ts';
import { isQueuePolled } from '../adapters/temporal/worker-presence.ts';
import { startDelivery } from '../adapters/temporal/start-delivery.ts';
import { latestRun } from '../adapters/temporal/workflow-status.ts';
import { createDeliveryMetrics } from '../adapters/webhooks/delivery-metrics.ts';
import { createWebhookSender } from '../adapters/webhooks/post-message.ts';
import type { WorkerConfig } from './config.ts';
import type { InferenceLayer } from '../adapters/inference/call/create-inference-layer.ts';
import { openInference } from '../adapters/inference/call/open-inference.ts';
import { paidQueue } from '../workflows/contracts/names.ts';
import { createWorkers } from './create-workers.ts';
import { startHealthServer } from './health-server.ts';
import { runUntilStopped, secondSignal } from './shutdown.ts';
import { workflowBundle } from './workflow-bundle.ts';

const log = createLog();

const PINO_LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, string>;

/**
 * The composition root: config -> adapters -> activities -> workers. Services are connected and checked side by side;
 * resources close in reverse order. Resolves when the workers have stopped after SIGTERM or SIGINT.
 */
export async function runWorker(config: WorkerConfig): Promise<void> {
  await using closing = new AsyncDisposableStack();
  const workers: Worker[] = [];
  const [{ layer, health, deliveryMetrics }, temporal, store, database, bundle] = await allOf([
    startHealth(config, () => workers, closing),
    connectTemporal(config, closing),
    connectStore(config, closing),
    connectDatabase(config, closing),
    config.workflowBundle === null
      ? workflowBundle(config.bundleDirectory, (message) => log.info(message))
      : { codePath: config.workflowBundle },
    requireMediaBinaries(config.binaries),
  ]);
  const sender = createWebhookSender({ loopback: config.webhookLoopback });
  closing.defer(() => sender.close());
  const activities = createActivities({
    store,
    ledger: createLedger(database),
    library: createJobLibrary(database),
    gatewayRecords: [
      createRefusals(database),
      createIdempotentRequests(database),
      createNonces(database),
    ],
    uploads: createUploads(database),
    partUploads: connectPartUploads(config, closing),
    ...layer,
    binaries: config.binaries,
    scratchDirectory: config.scratchDirectory,
    latestRun: (workflowId) => latestRun(temporal.client, workflowId),
    signalWorkflow: ({ workflowId, runId }, signal, payload) =>
      temporal.client.workflow.getHandle(workflowId, runId).signal(signal, payload),
    deliveries: createWebhookDeliveries(database),
    postMessage: sender.post,
    countDelivery: deliveryMetrics.count,
    startDelivery: startDelivery(temporal.client),
    isPolled: (target) => isQueuePolled(temporal.client, paidQueue(target)),
    now: () => new Date(),
  });
  const { connection, namespace } = temporal;
  const targets = Object.values(layer.inference.roles).flat();
  const { shutdownGraceSeconds } = config;
  const shutdown = { shutdownGraceSeconds, forced: secondSignal() };
  const parts = { connection, namespace, activities, targets, bundle, ...shutdown };
  workers.push(...(await createWorkers(parts).catch(namingBundle(config.workflowBundle))));
  log.info(
    { health: health.url, queues: workers.map(({ options }) => options.taskQueue) },
    'ready',
  );
  // Now, because a worker that is killed keeps nothing of what it compiled.
  flushCompileCache();
  // In the background: its findings are only logged and counted.
  const stopping = new AbortController();
  closing.defer(() => stopping.abort());
  void reportMappings(layer, stopping.signal);
  await runUntilStopped(workers);
}

/** The SDK's errors name neither the file nor the variable. */
const namingBundle =
  (path: string | null) =>
  (cause: unknown): never => {
    if (path === null || !(cause instanceof Error)) throw cause;
    throw new Error(
      `no worker can be made with ${path}: ${cause.message}. Build it again (npm run bundle), or correct HANSARD_WORKFLOW_BUNDLE`,
      { cause },
    );
  };

/** As `Promise.all`, but waits for all when one fails: by then `closing` holds everything that was opened. */
async function allOf<const T extends readonly unknown[]>(
  promises: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** The inference layer with its metrics, and the server that shows them. */
async function startHealth(
  config: WorkerConfig,
  workers: () => readonly Worker[],
  closing: AsyncDisposableStack,
) {
  const { layer, close } = await openInference({ ...config, log });
  closing.defer(close);
  const deliveryMetrics = createDeliveryMetrics();
  const health = await startHealthServer(workers, config.healthPort, {
    contentType: layer.metrics.contentType,
    text: async () => `${await layer.metrics.text()}\n${await deliveryMetrics.text()}`,
  });
  closing.defer(() => health.close());
  return { layer, health, deliveryMetrics };
}

async function connectTemporal({ env }: WorkerConfig, closing: AsyncDisposableStack) {
  // The SDK's native part, whose logs go to ours.
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) =>
      log[PINO_LEVELS[level]](meta, message),
    ),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
  // Until it is shut down, it keeps the process alive.
  closing.defer(() => Runtime.instance().shutdown());
  const { client, connection, namespace } = await connectWorker({ env });
  closing.defer(() => connection.close());
  closing.defer(() => client.connection.close());
  await requireSearchAttributes(client);
  return { client, connection, namespace };
}

async function connectStore(config: WorkerConfig, closing: AsyncDisposableStack) {
  const store = createObjectStore(config.objectStore);
  closing.defer(() => store.close());
  await store.check();
  return store;
}

function connectPartUploads(config: WorkerConfig, closing: AsyncDisposableStack) {
  const partUploads = createPartUploads(config.objectStore);
  closing.defer(() => partUploads.close());
  return partUploads;
}

async function connectDatabase(config: WorkerConfig, closing: AsyncDisposableStack) {
  const database = createDatabase({ url: config.databaseUrl, maxConnections: 10 });
  closing.defer(() => database.destroy());
  await requireMigrations(database);
  return database;
}

/**
 * Records in the metrics which targets Hugging Face serves, and logs those that are not live. The hub may be out of
 * reach when a worker starts: targets of which nothing is known are looked up again some times.
 */
async function reportMappings(
  { inference, transport, metrics }: InferenceLayer,
  signal: AbortSignal,
): Promise<void> {
  const facts = createModelFacts(inference.services, transport.exchange);
  const logged = new Set<string>();
  for (const waitMs of LOOK_AGAIN_MS) {
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    const findings = await preflight(inference, facts);
    for (const finding of findings) {
      metrics.setMapping(finding.target, finding.mapping);
      const trouble = whatIsNotLive(finding);
      if (trouble === null || logged.has(trouble)) continue;
      logged.add(trouble);
      log.warn({ role: finding.role, target: finding.target }, trouble);
    }
    if (findings.every(({ mapping }) => mapping !== 'unknown')) return;
  }
}

/** Longer than the minute for which an unanswered look-up is kept. */
const LOOK_AGAIN_MS = [0, 90_000, 600_000] as const;
