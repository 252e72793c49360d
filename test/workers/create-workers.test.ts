import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGatePass } from '../../adapters/inference/call/ask-provider.ts';
import { createGate } from '../../adapters/inference/limits/create-gate.ts';
import { connectWorker } from '../../adapters/temporal/connect.ts';
import { registerSearchAttributes } from '../../adapters/temporal/search-attributes.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { runUntilStopped } from '../../workers/shutdown.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { freshNamespace, type FreshNamespace } from '../adapters/temporal/fresh-namespace.ts';
import { aTarget } from '../adapters/inference/a-target.ts';
import { bundledWorkflows } from '../support/bundled-workflows.ts';
import { installQuietRuntime } from '../support/install-quiet-runtime.ts';
import { ALL_GOES_WELL } from '../workflows/workflow-bench.ts';

let place: FreshNamespace;
let bundle: { readonly code: string };
beforeAll(async () => {
  installQuietRuntime();
  place = await freshNamespace();
  await registerSearchAttributes(place.client);
  bundle = await bundledWorkflows();
}, 60_000);
afterAll(() => place[Symbol.asyncDispose]());

const NEVER = new AbortController().signal;

test('calls of a target with a small limit start one by one, whatever the partitions of its queue', async () => {
  const { client, connection, namespace } = await connectWorker({ env: place.env });
  const target = aTarget({ name: 'limited', concurrency: 8, requestsPerMinute: 240 });
  const gate = createGate({ shared: null, now: () => new Date() });
  const starts: number[] = [];
  const warmTarget: Activities['warmTarget'] = async () => {
    await using pass = createGatePass({ gate });
    await pass.enter(target, { wait: { signal: NEVER, mostMs: 20_000 } });
    starts.push(performance.now());
    return { outcome: 'warm', status: null };
  };
  const workers = await createWorkers({
    connection,
    namespace,
    bundle,
    targets: [target],
    activities: { ...ALL_GOES_WELL, warmTarget },
    shutdownGraceSeconds: 1,
    forced: NEVER,
  });
  const ended = runUntilStopped(workers);
  const calls = Array.from({ length: 12 }, () => 'limited');
  await client.workflow.execute('warmModels', {
    args: [{ targets: calls }],
    workflowId: 'warm/limited',
    taskQueue: 'pipeline',
  });
  const { activityTaskQueuePartitions } = await client.workflowService.listTaskQueuePartitions({
    namespace,
    taskQueue: { name: 'paid.limited' },
  });
  workers[0]?.shutdown();
  await ended;
  await connection.close();
  await client.connection.close();
  expect(activityTaskQueuePartitions).toHaveLength(4);
  expect(starts).toHaveLength(12);
  // Turns are 250 ms apart; one that a busy machine delays may come close to the next. Without them, four start at once.
  const threes = starts.slice(2).map((at, index) => at - (starts[index] ?? 0));
  expect(Math.min(...threes)).toBeGreaterThan(240);
}, 60_000);
