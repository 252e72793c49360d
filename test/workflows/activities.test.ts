import { expect, test } from 'vitest';
import { endpoint, io, media, paid } from '../../workflows/activities.ts';
import { recordedTarget } from './recorded-target.ts';

test('only the types keep an activity from the proxy of another queue', () => {
  const first = recordedTarget('first');
  // tsc fails where one of these lines compiles.
  const wrong: readonly unknown[] = [
    // @ts-expect-error It runs on the queue media.
    io.prepareRecording,
    // @ts-expect-error It runs on the queue of a target.
    io.drawPicture,
    // @ts-expect-error It waits longer than the policy of the queue io allows.
    io.ensureEndpointReady,
    // @ts-expect-error It runs on the queue io.
    media.startJob,
    // @ts-expect-error It has the policy of the queue io.
    endpoint.closeJob,
    // @ts-expect-error It runs on the queue io.
    paid.transcribe(first, '').closeWindow,
    // @ts-expect-error It has the policy of summaries.
    paid.transcribe(first, '').summarizeSection,
    // @ts-expect-error It has the policy of pictures.
    paid.moderate(first, '').drawPicture,
    // @ts-expect-error It has the policy of warm-ups.
    paid.summarize(first, '').warmTarget,
  ];
  // At run time a proxy answers with a function for any name.
  expect(wrong.map((activity) => typeof activity)).toEqual(wrong.map(() => 'function'));
});
