import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROVIDER_SCRIPTS } from '../../local/inference-server/scripts/provider-scripts.ts';
import { endOf, playScript } from '../support/play-script.ts';
import { sampleRecording, type SampleRecording } from '../support/sample-recording.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

/** One script of each kind; `npm run test:scripts` plays them all. */
const PLAYED = PROVIDER_SCRIPTS.filter(({ name }) =>
  [
    'loading-twice',
    'half-a-body',
    'validation-too-long',
    'input-refused',
    'credits-exhausted',
  ].includes(name),
);

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

test.each(PLAYED)(
  '$name: $about',
  async (script) => {
    expect(await playScript(place, script, recording.path)).toEqual(endOf(script));
  },
  120_000,
);
