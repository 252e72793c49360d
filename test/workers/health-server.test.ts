import { expect, test } from 'vitest';
import { createInferenceMetrics } from '../../adapters/inference/metrics/create-inference-metrics.ts';
import { startHealthServer, type ScrapedMetrics } from '../../workers/health-server.ts';

async function get(path: string, metrics?: ScrapedMetrics) {
  const server = await startHealthServer(() => [], 0, metrics);
  try {
    const response = await fetch(server.url + path);
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  } finally {
    await server.close();
  }
}

test('answers a scrape with the text of the metrics and its content type', async () => {
  const metrics = createInferenceMetrics({
    targets: [{ name: 'whisper', role: 'transcribe', contract: 'hf-task' }],
  });
  metrics.countHeldAnswer('transcribe');
  const { status, type, text } = await get('/metrics', metrics);
  expect(status).toBe(200);
  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text).toContain('\nhansard_held_answers_total{role="transcribe"} 1\n');
});

test('has no metrics where none are given', async () => {
  expect((await get('/metrics')).status).toBe(404);
});

test('answers a failed scrape with 500 and no word', async () => {
  const metrics = { contentType: 'text/plain', text: () => Promise.reject(new Error('a secret')) };
  expect(await get('/metrics', metrics)).toMatchObject({ status: 500, text: '' });
});

test('answers a probe with the state of the queues, of which there are none before the workers', async () => {
  const healthy = await get('/healthz');
  expect(healthy).toMatchObject({ status: 200, type: 'application/json', text: '{"queues":{}}' });
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/elsewhere')).status).toBe(404);
});
