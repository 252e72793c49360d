import { expect, test } from 'vitest';
import { createInferenceMetrics } from '../../adapters/inference/metrics/create-inference-metrics.ts';
import { readGoldenText } from './read-golden.ts';

/** The exposition as dashboards read it: names, help texts, labels, buckets and values. */
test('metrics', async () => {
  const metrics = createInferenceMetrics({
    targets: [
      { name: 'whisper', role: 'transcribe', contract: 'hf-task' },
      { name: 'gpt-oss-120b', role: 'summarize', contract: 'hf-chat' },
    ],
  });
  const nothing = {
    inputTokens: null,
    outputTokens: null,
    audioSeconds: null,
    images: null,
    computeSeconds: null,
  };
  metrics.observeCall({
    target: 'gpt-oss-120b',
    outcome: 'answered',
    status: 200,
    seconds: 40,
    usage: { ...nothing, inputTokens: 1200, outputTokens: 80 },
  });
  metrics.observeCall({
    target: 'whisper',
    outcome: 'answered',
    status: 200,
    seconds: 3,
    usage: { ...nothing, audioSeconds: 29.5, images: 1 },
  });
  for (const status of [null, 302, 429, 503]) {
    metrics.observeCall({
      target: 'whisper',
      outcome: 'rate_limited',
      status,
      seconds: 0.2,
      usage: null,
    });
  }
  metrics.observeCall({
    target: 'not-configured',
    outcome: 'provider_bug',
    status: 200,
    seconds: 1,
    usage: null,
  });
  metrics.setGate('whisper', {
    state: 'closed',
    reason: 'failures',
    closedForMs: 4000,
    failuresInARow: 5,
    closings: 1,
  });
  metrics.countClosing('whisper', 'failures');
  metrics.observeColdStart('gpt-oss-120b', 45);
  metrics.setMapping('whisper', 'live');
  metrics.countHeldAnswer('transcribe');
  expect(await metrics.text()).toBe(readGoldenText('metrics.txt'));
});
