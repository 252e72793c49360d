import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROVIDER_SCRIPTS } from '../../local/inference-server/scripts/provider-scripts.ts';
import { endOf, playScript } from '../support/play-script.ts';
import { sampleRecording, type SampleRecording } from '../support/sample-recording.ts';
import { createSurroundings, type Surroundings } from '../support/surroundings.ts';

/**
 * A broken answer, a refused section and a refused chunk; providers that make jobs wait, or give a whole role up, are in
 * `faults.test.ts`. `npm run test:scripts` plays all scripts.
 */
const PLAYED = PROVIDER_SCRIPTS.filter(({ name }) =>
  ['half-a-body', 'validation-too-long', 'input-refused'].includes(name),
);

let place: Surroundings;
let recording: SampleRecording;
beforeAll(async () => {
  [place, recording] = await Promise.all([
    createSurroundings({ inference: ['--faults', '--scripted-transcriber'] }),
    sampleRecording(60),
  ]);
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
