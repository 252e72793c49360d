import { expect, test } from 'vitest';
import { minutesOf } from '../support/minutes-of.ts';
import { objectStoreOf } from '../support/object-store-of.ts';
import { sampleRecording } from '../support/sample-recording.ts';
import { createSurroundings } from '../support/surroundings.ts';

/** Long enough that a worker dies in the middle of it. */
const QUEUE_MS = 8000;

const configuration = `
roles:
  transcribe:
    - { name: whisper-base, contract: hf-task, model: openai/whisper-base, audioSeconds: 28, concurrency: 2 }
  summarize:
    - { name: extractive-v1, contract: hf-chat, model: hansard/extractive-v1, contextTokens: 8192, concurrency: 2 }
  illustrate:
    - { name: queued, contract: fal, model: hansard/procedural-v1, privateDownloads: true, concurrency: 1 }
  moderate:
    - { name: nsfwjs, contract: hf-task, model: hansard/nsfwjs-mobilenet-v2-mid, concurrency: 1 }
`;

test('a picture in a queue outlives the worker that ordered it: the next one fetches it, and it is paid once', async () => {
  await using place = await createSurroundings({
    inference: ['--faults', '--scripted-transcriber', '--queue-delay-ms', String(QUEUE_MS)],
    configuration,
  });
  await using recording = await sampleRecording(20);
  const orders = async () => {
    const { rows } = await place.database.query<{ state: string; ordinal: number }>(
      "select state, ordinal from ledger_entry where role = 'illustrate' order by ordinal",
    );
    return rows;
  };

  const first = await place.startWorker();
  const submitted = await place.succeed('submit', recording.path, '--json');
  const { id } = JSON.parse(submitted) as { id: string };
  await expect
    .poll(orders, { timeout: 60_000, interval: 100 })
    .toEqual([{ state: 'submitted', ordinal: 1 }]);
  await first.kill();
  expect(await orders()).toEqual([{ state: 'submitted', ordinal: 1 }]);

  await place.startWorker();
  expect(await place.hansard('watch', id)).toMatchObject({ code: 0 });
  expect(await orders()).toEqual([{ state: 'accepted', ordinal: 1 }]);
  const { requests, billed } = await place.stats();
  expect({ ordered: requests['illustrate'], billed: billed['illustrate'] }).toEqual({
    ordered: 1,
    billed: 1,
  });

  const { image, degradations, engines, cost } = await minutesOf(place, id);
  expect(image).toMatchObject({ verdict: 'safe', key: expect.any(String) });
  expect(degradations).toEqual([]);
  expect(engines.illustrate).toMatchObject([{ target: 'queued', items: 1 }]);
  expect(cost.inDoubt).toBe(0);
  const store = objectStoreOf(place);
  try {
    expect(await store.head(image?.key ?? '')).toMatchObject({ contentType: 'image/png' });
  } finally {
    store.close();
  }
}, 180_000);
