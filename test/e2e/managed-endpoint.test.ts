import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

/** An Inference Endpoint that has fallen asleep, and the management API that knows it. */
const configuration = `
roles:
  transcribe:
    - name: whisper-endpoint
      contract: toolkit
      url: \${HF_ROUTER_URL}/endpoints/whisper
      token: \${HF_TOKEN}
      model: openai/whisper-base
      audioSeconds: 300
      concurrency: 2
      endpoint: { namespace: hansard, name: whisper }
  summarize:
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 8192 }
  illustrate: []
  moderate: []
`;

let place: Surroundings;
beforeAll(async () => {
  place = await createSurroundings({
    inference: ['--faults', '--scripted-transcriber', '--endpoint-start-ms', '2000'],
    configuration,
  });
  await place.startWorker();
}, 120_000);
afterAll(() => place[Symbol.asyncDispose]());

const idSchema = z.object({ id: z.string() });

async function setEndpoint(state: string): Promise<void> {
  const response = await fetch(`${place.inferenceUrl}/local/endpoints/whisper`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
  if (!response.ok) throw new Error(await response.text());
}

async function run() {
  const recording = 'local/samples/planning-meeting.flac';
  const submitted = await place.hansard(
    'submit',
    recording,
    '--no-image',
    '--force',
    '--json',
    '--watch',
  );
  const [first = ''] = submitted.stdout.split('\n').filter((line) => line.startsWith('{'));
  const { id } = idSchema.parse(JSON.parse(first));
  const handle = place.client.workflow.getHandle(`minutes/default/${id}`);
  const { events } = await handle.fetchHistory();
  const names = (events ?? []).flatMap(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
  );
  return { code: submitted.code, id, names };
}

test('an endpoint that sleeps is woken once for all chunks, and the job is complete', async () => {
  await setEndpoint('scaledToZero');
  const { code, names } = await run();
  expect(code).toBe(0);
  expect(names.filter((name) => name === 'ensureEndpointReady')).toHaveLength(1);
}, 120_000);

test('a paused endpoint that may not be resumed fails the job at once, and the message says what to do', async () => {
  await setEndpoint('paused');
  const { code, id } = await run();
  expect(code).toBe(1);
  const { stdout, stderr } = await place.hansard('watch', id);
  const said = stdout + stderr;
  expect(said).toMatch(/whisper/);
  expect(said).toMatch(/resume/);
}, 120_000);
