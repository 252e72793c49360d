import { expect, test } from 'vitest';
import {
  endpointState,
  resumeEndpoint,
} from '../../../../adapters/inference/endpoints/endpoint-api.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';
import { recordTarget } from '../../../../adapters/inference/targets/record-target.ts';
import { aTarget } from '../a-target.ts';
import { anEndpoint, linesOf, MANAGEMENT_SECRET, type FakeEndpoint } from './an-endpoint.ts';

const { signal } = new AbortController();
const look = ({ target, api }: FakeEndpoint) => endpointState(target, api, signal);

async function failureOf(asked: Promise<unknown>): Promise<InferenceError> {
  const error: unknown = await asked.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InferenceError);
  return error as InferenceError;
}

test('an endpoint is described with one request with the management token and none to the endpoint', async () => {
  await using fake = await anEndpoint();
  fake.state = 'scaledToZero';
  expect(await look(fake)).toEqual({
    state: 'scaledToZero',
    url: `${fake.url}/server`,
    message: 'is asleep',
    readyReplica: 0,
    healthRoute: '/healthz',
  });
  expect(linesOf(fake)).toEqual(['GET /v2/endpoint/acme/whisper']);
  expect(fake.seen[0]?.headers.authorization).toBe(`Bearer ${MANAGEMENT_SECRET}`);
});

test.each([
  'pending',
  'initializing',
  'updating',
  'updateFailed',
  'running',
  'paused',
  'failed',
  'scaledToZero',
])('the state %s is known', async (state) => {
  await using fake = await anEndpoint();
  fake.state = state;
  expect((await look(fake)).state).toBe(state);
});

test('missing and implausible fields are left out', async () => {
  await using fake = await anEndpoint();
  fake.change = {
    healthRoute: '//elsewhere.example/health',
    status: { state: 'rebooting', url: 'file:///etc/passwd', readyReplica: 'many' },
  };
  expect(await look(fake)).toEqual({
    state: 'unknown',
    url: null,
    message: expect.stringMatching(/unknown state/) as string,
    readyReplica: null,
    healthRoute: '/health',
  });
});

test.each([
  ['text', 'hello'],
  ['null', 'null'],
  ['no status', {}],
  ['a list', []],
])('a description that is %s is a provider bug', async (_, body) => {
  await using fake = await anEndpoint();
  fake.refusal = { status: 200, body };
  expect(await failureOf(look(fake))).toMatchObject({ kind: 'provider_bug', status: 200 });
});

test('an endless description is not read', async () => {
  await using fake = await anEndpoint();
  fake.refusal = { status: 200, body: 'x'.repeat(2 * 1024 * 1024) };
  expect(await failureOf(look(fake))).toMatchObject({ kind: 'provider_bug' });
});

test.each([
  [401, 'auth', /MANAGEMENT_TOKEN was refused/],
  [403, 'auth', /MANAGEMENT_TOKEN was refused/],
  [402, 'billing', /cannot pay/],
  [404, 'not_served', /endpoint\.namespace and endpoint\.name/],
  [429, 'rate_limited', /too many requests/],
  [409, 'transient', /retried/],
  [500, 'transient', /retried/],
  [503, 'transient', /retried/],
  [400, 'not_served', /refuses the request/],
  [302, 'provider_bug', /HF_ENDPOINTS_URL/],
] as const)(
  '%i is %s, says what to do, and repeats nothing of the vendor',
  async (status, kind, says) => {
    await using fake = await anEndpoint();
    fake.refusal = { status, body: { error: 'vendor words' } };
    const error = await failureOf(look(fake));
    expect(error).toMatchObject({ kind, status, target: 'whisper', charge: 'unsent' });
    expect(error.message).toMatch(says);
    expect(error.message).toContain('acme/whisper');
    expect(error.message).toContain(String(status));
    expect(error.message).not.toMatch(new RegExp(`${MANAGEMENT_SECRET}|vendor words`));
  },
);

test('after a refused token the next one is used', async () => {
  await using fake = await anEndpoint();
  const endpoint = { ...fake.target.endpoint, apiTokens: ['hf_one', 'hf_two'] };
  fake.refusal = { status: 401, body: {} };
  const target = { ...fake.target, endpoint };
  expect(await failureOf(endpointState(target, fake.api, signal))).toMatchObject({ kind: 'auth' });
  expect(fake.seen.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer hf_one',
    'Bearer hf_two',
  ]);
});

test('without a token no request is sent, and the variable is named', async () => {
  await using fake = await anEndpoint();
  const target = { ...fake.target, endpoint: { ...fake.target.endpoint, apiTokens: [] } };
  const error = await failureOf(endpointState(target, fake.api, signal));
  expect(error).toMatchObject({ kind: 'auth', status: null });
  expect(error.message).toMatch(/MANAGEMENT_TOKEN is not set/);
  expect(fake.seen).toEqual([]);
});

test('an unreachable API is a temporary fault', async () => {
  const fake = await anEndpoint();
  await fake[Symbol.asyncDispose]();
  await using other = await anEndpoint();
  const api = { ...fake.api, exchange: other.exchange };
  const error = await failureOf(endpointState(fake.target, api, signal));
  expect(error).toMatchObject({ kind: 'transient', charge: 'unsent' });
  expect(error.message).toMatch(/ECONNREFUSED/);
});

test('a caller that aborts gets its own reason', async () => {
  await using fake = await anEndpoint();
  const reason = new Error('enough');
  const aborted = AbortSignal.abort(reason);
  await expect(endpointState(fake.target, fake.api, aborted)).rejects.toBe(reason);
});

test('a paused endpoint is resumed', async () => {
  await using fake = await anEndpoint();
  await resumeEndpoint(fake.target, fake.api, signal);
  expect(linesOf(fake)).toEqual(['POST /v2/endpoint/acme/whisper/resume']);
});

test('resuming a running endpoint is no failure; any other refusal is', async () => {
  await using fake = await anEndpoint();
  fake.refusal = { status: 400, body: { error: 'Endpoint is already running' } };
  await resumeEndpoint(fake.target, fake.api, signal);
  fake.refusal = { status: 400, body: { error: 'quota' } };
  const error = await failureOf(resumeEndpoint(fake.target, fake.api, signal));
  expect(error).toMatchObject({ kind: 'not_served', status: 400 });
});

test("a target with an endpoint is recorded as managed, without the endpoint's name or token", async () => {
  await using fake = await anEndpoint();
  expect(recordTarget(fake.target)).toMatchObject({ managed: true });
  expect(JSON.stringify(recordTarget(fake.target))).not.toMatch(/acme|hf_/);
  expect(recordTarget(aTarget())).not.toHaveProperty('managed');
});
