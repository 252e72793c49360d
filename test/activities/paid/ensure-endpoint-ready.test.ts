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

/** One look at the fake endpoint. */
function ensure(fake: FakeEndpoint, options: Options = {}) {
  const { last = false, target = fake.target, patienceMs = 60_000 } = options;
  const none = { transcribe: [], diarize: [], summarize: [], illustrate: [], moderate: [] };
  const unused = () => Promise.reject(new Error('not to be called'));
  const deps = {
    inference: {
      roles: { ...none, classify: [], generate: [], embed: [], transcribe: [target] },
      skipped: [],
      patience: { nextTargetMs: patienceMs, lastTargetMs: 7_200_000, probeMs: 60_000 },
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
  };
  const input = {
    tenant: 'default',
    jobId: 'a'.repeat(26),
    target: recordTarget(fake.target),
    last,
  };
  return attempt(
    () => ensureEndpointReady(deps)(input),
    { heartbeatTimeoutMs: 30_000, startToCloseTimeoutMs: 120_000, ...options.info },
    options.onStart,
  );
}

/** Looks as Temporal repeats them, without the pauses between them, until one of them is the last. */
async function looks(fake: FakeEndpoint, options: Options = {}, most = 50) {
  const failures: ApplicationFailure[] = [];
  let heartbeatDetails: unknown;
  while (failures.length < most && failures.at(-1)?.nonRetryable !== true) {
    const look = ensure(fake, {
      ...options,
      info: { attempt: failures.length + 1, heartbeatDetails },
      onStart: (environment) =>
        environment.on('heartbeat', (details: unknown) => (heartbeatDetails = details)),
    });
    const outcome: unknown = await look.catch((error: unknown) => error);
    if (!(outcome instanceof ApplicationFailure)) return { failures, outcome };
    failures.push(outcome);
  }
  return { failures, outcome: null };
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

test('a look at an endpoint that is not ready ends at once, and is repeated after a pause', async () => {
  await using fake = await anEndpoint();
  fake.state = 'initializing';
  const from = performance.now();
  const failure = await failureOf(ensure(fake));
  expect(performance.now() - from).toBeLessThan(2_000);
  expect(failure).toMatchObject({ type: 'ModelLoading', nonRetryable: false });
  expect(failure.message).toMatch(/acme\/whisper is starting after 0 s\./);
  expect(linesOf(fake)).toEqual([LOOK]);
});

test.each([
  [0, 5_000],
  [200_000, 20_000],
  [3_600_000, 60_000],
])('after %i ms the next look is %i ms later, and up to a fifth more', async (waitedMs, pause) => {
  await using fake = await anEndpoint();
  fake.state = 'initializing';
  const info = { attempt: 2, heartbeatDetails: { waitedMs } };
  const { nextRetryDelay } = await failureOf(ensure(fake, { last: true, info }));
  expect(nextRetryDelay).toBeGreaterThanOrEqual(pause);
  expect(nextRetryDelay).toBeLessThanOrEqual(pause * 1.2 + 100);
});

test('a sleeping endpoint is woken by one request, and is knocked at only once it runs', async () => {
  await using fake = await anEndpoint();
  fake.state = 'scaledToZero';
  fake.next = ['scaledToZero', 'scaledToZero', 'pending', 'initializing', 'a new word', 'running'];
  const { outcome } = await looks(fake);
  expect(outcome).toMatchObject({ state: 'running' });
  const { waitedMs } = outcome as { waitedMs: number };
  expect(waitedMs).toBeGreaterThanOrEqual(25_000);
  expect(coldStarts).toEqual([['whisper', expect.closeTo(waitedMs / 1000, 2)]]);
  expect(linesOf(fake)).toEqual([LOOK, HEALTH, LOOK, LOOK, LOOK, LOOK, LOOK, HEALTH]);
  expect(fake.seen[1]?.headers).toHaveProperty('x-scale-up-timeout');
  expect(fake.seen[7]?.headers).not.toHaveProperty('x-scale-up-timeout');
});

test('an endpoint that stays asleep is woken again after half a minute', async () => {
  await using fake = await anEndpoint();
  fake.next = Array.from({ length: 8 }, () => 'scaledToZero');
  await looks(fake, {}, 8);
  const woken = linesOf(fake).join(' ').split(HEALTH);
  // Each pause is 5 to 6 s.
  expect(woken).toHaveLength(3);
  expect(woken[1]?.match(/GET/g)?.length).toBeGreaterThanOrEqual(5);
});

test('an endpoint that runs is waited for until its server is healthy', async () => {
  await using fake = await anEndpoint();
  fake.health = 503;
  expect((await looks(fake, {}, 3)).failures.map(({ type }) => type)).toEqual([
    'ModelLoading',
    'ModelLoading',
    'ModelLoading',
  ]);
  fake.health = 200;
  expect(await ensure(fake)).toMatchObject({ state: 'running' });
});

test('an endpoint that runs without an address is not ready yet', async () => {
  await using fake = await anEndpoint();
  fake.change = { status: { state: 'running' } };
  await looks(fake, {}, 3);
  expect(linesOf(fake)).toEqual([LOOK, LOOK, LOOK]);
  fake.change = {};
  expect(await ensure(fake)).toMatchObject({ state: 'running' });
});

test('a paused endpoint is resumed where that is allowed', async () => {
  await using fake = await anEndpoint();
  fake.state = 'paused';
  fake.next = ['paused', 'paused', 'initializing', 'running'];
  const target = { ...fake.target, endpoint: { ...fake.target.endpoint, resume: true } };
  expect((await looks(fake, { target })).outcome).toMatchObject({ state: 'running' });
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
  const { failures } = await looks(fake, { patienceMs: 20_000 });
  expect(failures.slice(0, -1).map(({ type }) => type)).toEqual(
    Array.from({ length: 4 }, () => 'ModelLoading'),
  );
  const end = failures.at(-1);
  expect(end).toMatchObject({ type: 'TargetExhausted', nonRetryable: true });
  expect(end?.details).toEqual([
    { kind: 'loading', target: 'whisper', status: null, requestId: null },
  ]);
  expect(coldStarts).toEqual([['whisper', null]]);
  fake.next = [...Array.from({ length: 10 }, () => 'initializing'), 'running'];
  const patient = await looks(fake, { patienceMs: 20_000, last: true });
  expect(patient.outcome).toMatchObject({ state: 'running' });
});

test('a third description that nobody can read exhausts the target, whatever came before', async () => {
  await using fake = await anEndpoint();
  fake.refusal = { status: 200, body: 'hello' };
  const { failures } = await looks(fake);
  expect(failures.map(({ type }) => type)).toEqual(['BadReply', 'BadReply', 'TargetExhausted']);
  const info = { attempt: 30, heartbeatDetails: { waitedMs: 50_000 } };
  expect((await failureOf(ensure(fake, { info }))).type).toBe('BadReply');
});

test('a cancelled look is a cancellation', async () => {
  await using fake = await anEndpoint();
  fake.state = 'initializing';
  const running = ensure(fake, { onStart: (environment) => environment.cancel() });
  await expect(running).rejects.toBeInstanceOf(CancelledFailure);
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
