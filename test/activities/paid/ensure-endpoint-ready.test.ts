import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { beforeEach, expect, test } from 'vitest';
import type { Info } from '@temporalio/activity';
import { ensureEndpointReady } from '../../../activities/paid/ensure-endpoint-ready.ts';
import type { ManagedTarget } from '../../../adapters/inference/endpoints/endpoint-api.ts';
import { createInferenceMetrics } from '../../../adapters/inference/metrics/create-inference-metrics.ts';
import { recordTarget } from '../../../adapters/inference/targets/record-target.ts';
import {
  anEndpoint,
  linesOf,
  MANAGEMENT_SECRET,
  type FakeEndpoint,
} from '../../adapters/inference/endpoints/an-endpoint.ts';
import { SECRET } from '../../adapters/inference/a-target.ts';
import { attempt } from '../activity-bench.ts';

const POLL_MS = 10;
const LOOK = 'GET /v2/endpoint/acme/whisper';
const HEALTH = 'GET /server/healthz';
const RESUME = 'POST /v2/endpoint/acme/whisper/resume';

interface Options {
  readonly last?: boolean;
  readonly target?: ManagedTarget;
  readonly patienceMs?: number;
  readonly info?: Partial<Info>;
  readonly onStart?: Parameters<typeof attempt>[2];
}

/** As counted since the test began. */
const coldStarts: [string, number | null][] = [];
beforeEach(() => {
  coldStarts.length = 0;
});

/** One attempt against the fake endpoint, asking every 10 ms. */
function ensure(fake: FakeEndpoint, options: Options = {}) {
  const { last = false, target = fake.target, patienceMs = 60_000 } = options;
  const none = { transcribe: [], summarize: [], illustrate: [], moderate: [] };
  const unused = () => Promise.reject(new Error('not to be called'));
  const deps = {
    inference: {
      roles: { ...none, classify: [], generate: [], embed: [], transcribe: [target] },
      skipped: [],
      patience: { nextTargetMs: patienceMs, lastTargetMs: 60_000, probeMs: 60_000 },
      services: { routerUrl: '', hubUrl: '', hubTokens: [], ...fake.api.services },
    },
    transport: {
      exchange: fake.exchange,
      send: unused,
      download: unused,
      downloadText: unused,
      close: unused,
    },
    metrics: {
      ...createInferenceMetrics({ targets: [target] }),
      observeColdStart: (name: string, seconds: number | null) => {
        coldStarts.push([name, seconds]);
      },
    },
    now: () => new Date(),
  };
  const input = {
    tenant: 'default',
    jobId: 'a'.repeat(26),
    target: recordTarget(fake.target),
    last,
  };
  return attempt(
    () => ensureEndpointReady(deps, POLL_MS)(input),
    { heartbeatTimeoutMs: 30_000, startToCloseTimeoutMs: 1_200_000, ...options.info },
    options.onStart,
  );
}

async function failureOf(running: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await running.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(ApplicationFailure);
  return error as ApplicationFailure;
}

test('an endpoint that runs and is healthy is ready after one look and one knock', async () => {
  await using fake = await anEndpoint();
  expect(await ensure(fake)).toEqual({ state: 'running', waitedMs: 0 });
  expect(coldStarts).toEqual([]);
  expect(linesOf(fake)).toEqual([LOOK, HEALTH]);
});

test('a sleeping endpoint is woken by one request, and is knocked at only once it runs', async () => {
  await using fake = await anEndpoint();
  fake.state = 'scaledToZero';
  fake.next = ['scaledToZero', 'scaledToZero', 'pending', 'initializing', 'a new word', 'running'];
  const { state, waitedMs } = await ensure(fake);
  expect(state).toBe('running');
  expect(waitedMs).toBeGreaterThan(0);
  expect(coldStarts).toEqual([['whisper', expect.any(Number)]]);
  expect(linesOf(fake)).toEqual([LOOK, HEALTH, LOOK, LOOK, LOOK, LOOK, LOOK, HEALTH]);
  expect(fake.seen[1]?.headers).toHaveProperty('x-scale-up-timeout');
  expect(fake.seen[7]?.headers).not.toHaveProperty('x-scale-up-timeout');
});

test('an endpoint that runs is waited for until its server is healthy', async () => {
  await using fake = await anEndpoint();
  fake.health = 503;
  const running = ensure(fake);
  while (linesOf(fake).filter((line) => line === HEALTH).length < 3) {
    await new Promise((passed) => setTimeout(passed, POLL_MS));
  }
  fake.health = 200;
  expect(await running).toMatchObject({ state: 'running' });
});

test('an endpoint that runs without an address is not ready yet', async () => {
  await using fake = await anEndpoint();
  fake.change = { status: { state: 'running' } };
  const running = ensure(fake);
  while (fake.seen.length < 3) await new Promise((passed) => setTimeout(passed, POLL_MS));
  expect(linesOf(fake)).not.toContain(HEALTH);
  fake.change = {};
  expect(await running).toMatchObject({ state: 'running' });
});

test('a paused endpoint is resumed where that is allowed', async () => {
  await using fake = await anEndpoint();
  fake.state = 'paused';
  fake.next = ['paused', 'paused', 'initializing', 'running'];
  const target = { ...fake.target, endpoint: { ...fake.target.endpoint, resume: true } };
  expect(await ensure(fake, { target })).toMatchObject({ state: 'running' });
  expect(linesOf(fake)).toEqual([LOOK, RESUME, LOOK, LOOK, LOOK, HEALTH]);
});

test('a paused endpoint that may not be resumed ends the target, and is left alone', async () => {
  await using fake = await anEndpoint();
  fake.state = 'paused';
  const failure = await failureOf(ensure(fake));
  expect(failure).toMatchObject({ type: 'ModelNotFound', nonRetryable: true });
  expect(coldStarts).toEqual([]);
  expect(failure.message).toMatch(/acme\/whisper is paused.*endpoint\.resume: true/);
  expect(linesOf(fake)).toEqual([LOOK]);
});

test.each(['failed', 'updateFailed'])('an endpoint in state %s ends the target', async (state) => {
  await using fake = await anEndpoint();
  fake.state = state;
  const failure = await failureOf(ensure(fake, { last: true }));
  expect(failure).toMatchObject({ type: 'ModelNotFound', nonRetryable: true });
  expect(failure.message).toMatch(/acme\/whisper failed to.*logs/);
  expect(failure.message).not.toContain('vendor');
});

test.each([401, 403])(
  'a management token that is refused with %i ends the target',
  async (status) => {
    await using fake = await anEndpoint();
    fake.refusal = { status, body: { error: MANAGEMENT_SECRET } };
    const failure = await failureOf(ensure(fake, { last: true }));
    expect(failure).toMatchObject({ type: 'Unauthorized', nonRetryable: true });
    expect(failure.message).toMatch(/MANAGEMENT_TOKEN/);
    expect(JSON.stringify(failure)).not.toMatch(new RegExp(`${MANAGEMENT_SECRET}|${SECRET}`));
  },
);

test("a target's own token that is refused by its endpoint ends the target", async () => {
  await using fake = await anEndpoint();
  fake.health = 403;
  const failure = await failureOf(ensure(fake));
  expect(failure).toMatchObject({ type: 'Unauthorized', nonRetryable: true });
  expect(failure.message).toMatch(/HF_TOKEN/);
});

test('an API that is out of order is asked again by Temporal', async () => {
  await using fake = await anEndpoint();
  fake.refusal = { status: 500, body: {} };
  const failure = await failureOf(ensure(fake));
  expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false });
});

test('where another target follows, patience ends the wait; on the last one it goes on', async () => {
  await using fake = await anEndpoint();
  fake.state = 'initializing';
  const failure = await failureOf(ensure(fake, { patienceMs: 50 }));
  expect(failure).toMatchObject({ type: 'TargetExhausted', nonRetryable: true });
  expect(failure.details).toEqual([
    { kind: 'loading', target: 'whisper', status: null, requestId: null },
  ]);
  expect(coldStarts).toEqual([['whisper', null]]);
  const patient = ensure(fake, { patienceMs: 50, last: true });
  fake.next = [...Array.from({ length: 10 }, () => 'initializing'), 'running'];
  expect(await patient).toMatchObject({ state: 'running' });
});

test('an attempt that comes to its own end is followed by another', async () => {
  await using fake = await anEndpoint();
  fake.state = 'initializing';
  const info = { startToCloseTimeoutMs: 15_100 };
  const failure = await failureOf(ensure(fake, { last: true, info }));
  expect(failure).toMatchObject({ type: 'ModelLoading', nonRetryable: false });
  expect(failure.message).toMatch(/acme\/whisper is starting after 1 s\./);
});

test('patience counts from the first attempt on', async () => {
  await using fake = await anEndpoint();
  fake.state = 'initializing';
  const info = { attempt: 2, heartbeatDetails: { firstAttemptMs: Date.now() - 61_000 } };
  const failure = await failureOf(ensure(fake, { info }));
  expect(failure.type).toBe('TargetExhausted');
  expect(fake.seen.length).toBeLessThanOrEqual(1);
});

test('a third description that nobody can read exhausts the target', async () => {
  await using fake = await anEndpoint();
  fake.refusal = { status: 200, body: 'hello' };
  expect((await failureOf(ensure(fake))).type).toBe('BadReply');
  const third = await failureOf(ensure(fake, { info: { attempt: 3 } }));
  expect(third).toMatchObject({ type: 'TargetExhausted', nonRetryable: true });
});

test('a cancellation is heard at once', async () => {
  await using fake = await anEndpoint();
  fake.state = 'initializing';
  const start = performance.now();
  const running = ensure(fake, {
    onStart: (environment) => setTimeout(() => environment.cancel(), 50),
  });
  await expect(running).rejects.toBeInstanceOf(CancelledFailure);
  expect(performance.now() - start).toBeLessThan(2_000);
});

test.each([
  ['another model', { model: 'other/model' }, /another target of that name/],
  ['no endpoint', { endpoint: null }, /has no endpoint/],
])('a worker with %s behind the name does not serve it', async (_, change, message) => {
  await using fake = await anEndpoint();
  const target = { ...fake.target, ...change } as ManagedTarget;
  const failure = await failureOf(ensure(fake, { target }));
  expect(failure).toMatchObject({ type: 'ModelNotFound', nonRetryable: true });
  expect(failure.message).toMatch(message);
  expect(fake.seen).toEqual([]);
});
