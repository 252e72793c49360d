import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { heardKey } from '../../../adapters/object-store/keys.ts';
import { ffmpeg, withFolder } from '../../adapters/media/with-folder.ts';
import { attempt, openBench } from '../activity-bench.ts';

test('of a recording that browsers do not play, what is heard is stored once, as Ogg Opus', async () => {
  const bench = await openBench();
  onTestFinished(() => bench.close());
  const { store } = bench.deps;
  let reads = 0;
  const counting = {
    ...store,
    getStream: (...call: Parameters<typeof store.getStream>) => {
      reads += 1;
      return store.getStream(...call);
    },
  };
  const activities = createActivities({ ...bench.deps, store: counting });
  const recording = await ffmpeg('-f', 'lavfi', '-i', 'sine=f=440:d=2', '-f', 'mpegts', '-');
  const { tenant, jobId, source } = await bench.newJob(recording);
  await attempt(() => activities.storeHeard({ tenant, jobId }));
  const key = heardKey(tenant, source.sha256);
  const stored = await store.get(key);
  expect(await store.head(key)).toEqual({ bytes: stored.length, contentType: 'audio/ogg' });
  const seconds = await withFolder(async (folder) => {
    const path = join(folder, 'heard.ogg');
    await writeFile(path, stored);
    return (await ffmpeg('-i', path, '-f', 's16le', '-ar', '16000', '-')).length / 2 / 16_000;
  });
  expect(seconds).toBeCloseTo(2, 1);

  await attempt(() => activities.storeHeard({ tenant, jobId }));
  expect(reads).toBe(1);
});
