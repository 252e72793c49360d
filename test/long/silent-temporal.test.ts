import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { connectWorker } from '../../adapters/temporal/connect.ts';
import { registerSearchAttributes } from '../../adapters/temporal/search-attributes.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { runUntilStopped } from '../../workers/shutdown.ts';
import { WORKFLOWS_PATH } from '../../workers/workflow-bundle.ts';
import { freshNamespace } from '../adapters/temporal/fresh-namespace.ts';
import { installQuietRuntime } from '../support/install-quiet-runtime.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { ALL_GOES_WELL } from '../workflows/workflow-bench.ts';

/** Long, because the SDK's native part asks only every 30 s whether its connection still works, and tasks given to a dead one are given again later. */

test('a worker whose connections fell silent polls over new ones within two minutes', async () => {
  installQuietRuntime();
  await using place = await freshNamespace();
  await registerSearchAttributes(place.client);
  await using proxy = await startSilentProxy(place.env['TEMPORAL_ADDRESS'] ?? '');
  const env = { ...place.env, TEMPORAL_ADDRESS: `127.0.0.1:${proxy.port}` };
  const { client, connection, namespace } = await connectWorker({ env });
  const workers = await createWorkers({
    connection,
    namespace,
    activities: ALL_GOES_WELL,
    targets: [],
    bundle: await bundleWorkflowCode({
      workflowsPath: WORKFLOWS_PATH,
      logger: new DefaultLogger('ERROR'),
    }),
    shutdownGraceSeconds: 1,
    forced: new AbortController().signal,
  });
  const ended = runUntilStopped(workers);
  const sweep = (workflowId: string) =>
    place.client.workflow.execute('sweep', { workflowId, taskQueue: 'pipeline' });
  await sweep('before');

  proxy.fallSilent();
  proxy.carryNew();
  const from = Date.now();
  await sweep('after');
  expect(Date.now() - from).toBeLessThan(120_000);

  workers[0]?.shutdown();
  await ended;
  await connection.close();
  await client.connection.close();
}, 180_000);
