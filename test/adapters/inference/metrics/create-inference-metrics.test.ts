import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { register } from 'prom-client';
import type { GateState } from '../../../../adapters/inference/limits/gate-record.ts';
import { createInferenceMetrics } from '../../../../adapters/inference/metrics/create-inference-metrics.ts';
import { MAPPINGS, type Mapping } from '../../../../adapters/inference/hub/preflight.ts';
import type { InferenceMetrics } from '../../../../adapters/inference/metrics/create-inference-metrics.ts';
import type { Usage } from '../../../../workflows/contracts/stored-results.ts';
import type { Role } from '../../../../workflows/contracts/targets.ts';
import type { VerdictKind } from '../../../../workflows/contracts/verdicts.ts';
import { readExposition } from './read-exposition.ts';

const TARGETS = [
  { name: 'whisper', role: 'transcribe', contract: 'hf-task' },
  { name: 'gpt-oss-120b', role: 'summarize', contract: 'hf-chat' },
] as const;

const NO_USAGE: Usage = {
  inputTokens: null,
  outputTokens: null,
  audioSeconds: null,
  images: null,
  computeSeconds: null,
};

const OPEN: GateState = {
  state: 'open',
  reason: null,
  closedForMs: 0,
  failuresInARow: 0,
  closings: 0,
};
const CLOSED: GateState = {
  state: 'closed',
  reason: 'failures',
  closedForMs: 4000,
  failuresInARow: 5,
  closings: 1,
};

/** The samples of one name: `label=value` pairs to the value. Zeros are left out. */
async function samples(metrics: InferenceMetrics, name: string): Promise<Record<string, number>> {
  return Object.fromEntries(
    readExposition(await metrics.text())
      .flatMap((family) => family.samples)
      .filter((sample) => sample.name === name && sample.value !== 0)
      .map(({ labels, value }) => [
        Object.entries(labels)
          .map(([label, said]) => `${label}=${said}`)
          .sort()
          .join(' '),
        value,
      ]),
  );
}

test('measures an answered call by target, and counts what it consumed', async () => {
  const metrics = createInferenceMetrics({ targets: TARGETS });
  metrics.observeCall({
    target: 'gpt-oss-120b',
    outcome: 'answered',
    status: 200,
    seconds: 40,
    usage: { ...NO_USAGE, inputTokens: 1200, outputTokens: 80 },
  });
  metrics.observeCall({
    target: 'whisper',
    outcome: 'answered',
    status: 200,
    seconds: 3,
    usage: { ...NO_USAGE, audioSeconds: 29.5, images: 1 },
  });
  const labels = 'contract=hf-chat outcome=answered role=summarize target=gpt-oss-120b';
  expect(await samples(metrics, 'hf_api_latency_seconds_sum')).toMatchObject({ [labels]: 40 });
  const buckets = await samples(metrics, 'hf_api_latency_seconds_bucket');
  const [before, after] = labels.split(' outcome=');
  expect(buckets).not.toHaveProperty([`${before} le=30 outcome=${after}`]);
  expect(buckets).toHaveProperty([`${before} le=60 outcome=${after}`], 1);
  expect(buckets).toHaveProperty([`${before} le=600 outcome=${after}`], 1);
  expect(await samples(metrics, 'hf_api_tokens_total')).toEqual({
    'direction=input target=gpt-oss-120b': 1200,
    'direction=output target=gpt-oss-120b': 80,
  });
  expect(await samples(metrics, 'hf_api_audio_seconds_total')).toEqual({ 'target=whisper': 29.5 });
  expect(await samples(metrics, 'hf_api_images_total')).toEqual({ 'target=whisper': 1 });
  expect(await samples(metrics, 'hf_api_errors_total')).toEqual({});
});

test('counts an error by verdict and class of status, and its time as well', async () => {
  const metrics = createInferenceMetrics({ targets: TARGETS });
  const fail = (outcome: VerdictKind, status: number | null) =>
    metrics.observeCall({ target: 'whisper', outcome, status, seconds: 1, usage: null });
  fail('rate_limited', 429);
  fail('rate_limited', 429);
  fail('transient', 503);
  fail('transient', null);
  fail('provider_bug', 200);
  const of = (outcome: string) => `contract=hf-task outcome=${outcome} role=transcribe`;
  expect(await samples(metrics, 'hf_api_errors_total')).toEqual({
    [`${of('rate_limited')} status=4xx target=whisper`]: 2,
    [`${of('transient')} status=5xx target=whisper`]: 1,
    [`${of('transient')} status=none target=whisper`]: 1,
    [`${of('provider_bug')} status=2xx target=whisper`]: 1,
  });
  expect(await samples(metrics, 'hf_api_latency_seconds_count')).toMatchObject({
    [`${of('transient')} target=whisper`]: 2,
  });
});

test('shows gates, closings, cold starts, mappings and held answers', async () => {
  const metrics = createInferenceMetrics({ targets: TARGETS });
  metrics.setGate('whisper', CLOSED);
  metrics.setGate('gpt-oss-120b', { ...CLOSED, state: 'half_open' });
  metrics.countClosing('whisper', 'failures');
  metrics.observeColdStart('whisper', 45);
  metrics.observeColdStart('whisper', null);
  metrics.setMapping('whisper', 'staging');
  metrics.setMapping('whisper', 'live');
  metrics.countHeldAnswer('transcribe');
  expect(await samples(metrics, 'hansard_gate_state')).toEqual({
    'target=whisper': 2,
    'target=gpt-oss-120b': 1,
  });
  expect(await samples(metrics, 'hansard_gate_closings_total')).toEqual({
    'reason=failures target=whisper': 1,
  });
  expect(await samples(metrics, 'hansard_cold_starts_total')).toEqual({ 'target=whisper': 2 });
  expect(await samples(metrics, 'hansard_cold_start_seconds_sum')).toEqual({
    'target=whisper': 45,
  });
  expect(await samples(metrics, 'hansard_target_mapping')).toEqual({
    'status=live target=whisper': 1,
  });
  expect(await samples(metrics, 'hansard_held_answers_total')).toEqual({ 'role=transcribe': 1 });
});

test('asks the gates at each scrape, and keeps the last state of one that does not say', async () => {
  const states = new Map([['gpt-oss-120b', CLOSED]]);
  const metrics = createInferenceMetrics({
    targets: TARGETS,
    gateState: (target) => {
      const state = states.get(target);
      return state === undefined ? Promise.reject(new Error('no Redis')) : Promise.resolve(state);
    },
  });
  metrics.setGate('whisper', { ...CLOSED, state: 'half_open' });
  expect(await samples(metrics, 'hansard_gate_state')).toEqual({
    'target=whisper': 1,
    'target=gpt-oss-120b': 2,
  });
  states.set('gpt-oss-120b', OPEN);
  states.set('whisper', OPEN);
  expect(await samples(metrics, 'hansard_gate_state')).toEqual({});
});

test('begins at zero where an alert asks for the increase', async () => {
  const metrics = createInferenceMetrics({ targets: TARGETS });
  const zeros = readExposition(await metrics.text()).flatMap((family) =>
    family.samples.filter(({ value }) => value === 0).map(({ name }) => name),
  );
  expect(new Set(zeros)).toEqual(
    new Set([
      'hansard_gate_state',
      'hansard_gate_closings_total',
      'hansard_cold_starts_total',
      'hansard_held_answers_total',
    ]),
  );
});

test('writes what Prometheus reads, by its rules of naming', async () => {
  const metrics = createInferenceMetrics({ targets: TARGETS });
  exercise(metrics, { text: 'whisper', number: 200, amount: 3 });
  expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  const families = readExposition(await metrics.text());
  expect(families.map(({ name }) => name).sort()).toEqual([
    'hansard_cold_start_seconds',
    'hansard_cold_starts_total',
    'hansard_gate_closings_total',
    'hansard_gate_state',
    'hansard_held_answers_total',
    'hansard_target_mapping',
    'hf_api_audio_seconds_total',
    'hf_api_errors_total',
    'hf_api_images_total',
    'hf_api_latency_seconds',
    'hf_api_tokens_total',
  ]);
  for (const { name, type, help, samples } of families) {
    expect(help).toMatch(/\.$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name.endsWith('_seconds')).toBe(type === 'histogram');
    for (const sample of samples) {
      expect(Object.keys(sample.labels).includes('le')).toBe(sample.name.endsWith('_bucket'));
      if (!sample.name.endsWith('_count')) continue;
      const ofThis = samples.filter(
        ({ name, labels }) =>
          name.endsWith('_bucket') &&
          Object.entries(sample.labels).every(([label, value]) => labels[label] === value),
      );
      expect(ofThis.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: sample.value });
      const counts = ofThis.map(({ value }) => value);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
    }
  }
});

test('makes no series of what it is sent, never throws, and counts nothing that is no amount', async () => {
  const hostile = fc.record({
    text: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', 'hf_secret", target="x', 'two\nlines'),
    ),
    number: fc.oneof(fc.double(), fc.integer()),
    amount: fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -1)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { maxLength: 20 }), async (inputs) => {
      const metrics = createInferenceMetrics({ targets: TARGETS });
      for (const input of inputs) exercise(metrics, input);
      const samples = readExposition(await metrics.text()).flatMap(({ samples }) => samples);
      const strangers = samples
        .flatMap(({ labels }) => Object.entries(labels))
        .filter(([label, said]) => label !== 'le' && !CLOSED_SETS[label]?.includes(said));
      expect(strangers).toEqual([]);
      expect(samples.filter(({ value }) => !(value >= 0 && value < Infinity))).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('leaves the global registry of the library alone', () => {
  createInferenceMetrics({ targets: TARGETS });
  createInferenceMetrics({ targets: TARGETS });
  expect(register.getMetricsAsArray()).toEqual([]);
});

const CLOSED_SETS: Readonly<Record<string, readonly string[]>> = {
  target: ['whisper', 'gpt-oss-120b', 'other'],
  role: ['transcribe', 'summarize', 'other'],
  contract: ['hf-task', 'hf-chat', 'other'],
  outcome: ['answered', 'other'],
  status: ['2xx', '3xx', '4xx', '5xx', 'none', 'other', ...MAPPINGS],
  direction: ['input', 'output'],
  reason: ['rate_limited', 'loading', 'failures', 'other'],
};

/** Every method, with text where a name belongs and numbers where amounts belong. */
function exercise(
  metrics: InferenceMetrics,
  { text, number, amount }: { text: string; number: number; amount: number },
): void {
  const usage: Usage = {
    inputTokens: amount,
    outputTokens: amount,
    audioSeconds: amount,
    images: amount,
    computeSeconds: amount,
  };
  const call = { status: number, seconds: amount, usage };
  metrics.observeCall({ target: text, outcome: 'answered', ...call });
  metrics.observeCall({ target: 'whisper', outcome: text as VerdictKind, ...call });
  metrics.setGate(text, CLOSED);
  metrics.countClosing(text, text as 'loading');
  metrics.observeColdStart(text, amount);
  metrics.setMapping(text, text as Mapping);
  metrics.countHeldAnswer(text as Role);
}
