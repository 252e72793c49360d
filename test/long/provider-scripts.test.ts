import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  BASE_CALLS,
  PROVIDER_SCRIPTS,
} from '../../local/inference-server/scripts/provider-scripts.ts';
import { billedSince, endOf, playScript, runJob } from '../support/play-script.ts';
import { sampleRecording, type SampleRecording } from '../support/sample-recording.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

/** One job a script, against all that there are: `npm run test:scripts`. */

let place: Surroundings;
let recording: SampleRecording;
beforeAll(async () => {
  place = await createSurroundings({ inference: ['--faults', '--scripted-transcriber'] });
  recording = await sampleRecording(60);
  await place.startWorker();
}, 120_000);
afterAll(async () => {
  await recording[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

test('a job that nothing befalls makes the calls that all scripts count from', async () => {
  await place.setFaults([]);
  const before = await place.stats();
  const { status, minutes } = await runJob(place, recording.path);
  expect({ status, degradations: minutes?.degradations }).toEqual({
    status: 'completed',
    degradations: [],
  });
  expect(billedSince(before, await place.stats(), Object.keys(BASE_CALLS))).toEqual(BASE_CALLS);
});

test.each(PROVIDER_SCRIPTS)(
  '$name: $about',
  async (script) => {
    expect(await playScript(place, script, recording.path)).toEqual(endOf(script));
  },
  180_000,
);
