import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectWorker } from '../../adapters/temporal/connect.ts';
import { registerSearchAttributes } from '../../adapters/temporal/search-attributes.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { runUntilStopped } from '../../workers/shutdown.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { freshNamespace, type FreshNamespace } from '../adapters/temporal/fresh-namespace.ts';
import { bundledWorkflows } from '../support/bundled-workflows.ts';
import { installQuietRuntime } from '../support/install-quiet-runtime.ts';
import { ALL_GOES_WELL } from '../workflows/workflow-bench.ts';

/** How workers treat activities, and how they end, with activities that a test gives. */

let place: FreshNamespace;
let bundle: { readonly code: string };
/** It takes 21 s, so it begins before all tests. */
let endless: ReturnType<typeof endWithEndlessActivity>;
beforeAll(async () => {
  installQuietRuntime();
  bundle = await bundledWorkflows();
  place = await namespaceForJobs();
  endless = endWithEndlessActivity();
}, 60_000);
afterAll(async () => {
  await endless;
  await place[Symbol.asyncDispose]();
});

async function namespaceForJobs(): Promise<FreshNamespace> {
  const namespace = await freshNamespace();
  await registerSearchAttributes(namespace.client);
  return namespace;
}

/** Workers that run; `stop` answers how they ended, with the connection closed. */
async function run(
  sweepAbandoned: Activities['sweepAbandoned'],
  forced: AbortSignal,
  { env } = place,
) {
  const { client, connection, namespace } = await connectWorker({ env });
  const activities = { ...ALL_GOES_WELL, sweepAbandoned };
  const shutdown = { shutdownGraceSeconds: 1, forced };
  const parts = { connection, namespace, activities, targets: [], bundle, ...shutdown };
  const workers: readonly Worker[] = await createWorkers(parts);
  const ended = runUntilStopped(workers).then(
    () => null,
    (error: unknown) => error,
  );
  return async () => {
    workers[0]?.shutdown();
    const error = await ended;
    await connection.close();
    await client.connection.close();
    return error;
  };
}

const SWEPT = { releasedClaims: 1, inDoubt: 0, closedJobs: 0, deletedObjects: 0 };
const NEVER = new AbortController().signal;

async function swept(
  activity: (started: () => void) => Activities['sweepAbandoned'],
  { client } = place,
) {
  const begun = new EventTarget();
  const waiting = once(begun, 'begun');
  const sweepAbandoned = activity(() => begun.dispatchEvent(new Event('begun')));
  const handle = await client.workflow.start('sweep', {
    workflowId: `sweep/${Math.random()}`,
    taskQueue: 'pipeline',
  });
  return { handle, waiting, sweepAbandoned };
}

test.each(['when its grace is over', 'when it is forced'])(
  'a final failure that an activity throws because the worker ends is retried, %s',
  async (when) => {
    const { handle, waiting, sweepAbandoned } = await swept((started) => async () => {
      const { cancellationSignal } = Context.current();
      started();
      await once(cancellationSignal, 'abort');
      throw ApplicationFailure.nonRetryable('ffmpeg was killed', 'UnreadableAudio');
    });
    const forcing = new AbortController();
    const stop = await run(sweepAbandoned, forcing.signal);
    await waiting;
    const stopped = stop();
    if (when === 'when it is forced') {
      forcing.abort(ApplicationFailure.retryable('the worker was told to end', 'WorkerShutdown'));
    }
    expect(await stopped).toBeNull();

    const stopNext = await run(() => Promise.resolve(SWEPT), NEVER);
    expect(await handle.result()).toEqual(SWEPT);
    expect(await stopNext()).toBeNull();
  },
  30_000,
);

test('an activity whose result is too long for Temporal fails at once, and is not repeated', async () => {
  let runs = 0;
  const { handle, sweepAbandoned } = await swept(() => () => {
    runs += 1;
    return Promise.resolve({ ...SWEPT, more: 'x'.repeat(5_000_000) });
  });
  const stop = await run(sweepAbandoned, NEVER);
  await expect(handle.result()).rejects.toMatchObject({
    cause: {
      cause: {
        type: 'PayloadTooLarge',
        message: expect.stringMatching(/^the result of sweepAbandoned has 5\d{6} characters/),
      },
    },
  });
  expect(runs).toBe(1);
  expect(await stop()).toBeNull();
}, 30_000);

/** How workers end one of whose activities does not, with what comes of it; in a namespace of its own. */
async function endWithEndlessActivity() {
  await using own = await namespaceForJobs();
  const { handle, waiting, sweepAbandoned } = await swept(
    (started) => async () => {
      started();
      await sleep(60_000, undefined, { ref: false });
      return SWEPT;
    },
    own,
  );
  const stop = await run(sweepAbandoned, NEVER, own);
  await waiting;
  const error = await stop();
  await handle.terminate();
  return error;
}

test('an activity that does not end is given up 20 seconds after the grace, and the connection can be closed', async () => {
  const error = await endless;
  expect(error).toMatchObject({ message: expect.stringContaining('the worker of io failed') });
}, 60_000);
