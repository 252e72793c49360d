import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberSpeakers } from '../../../activities/speakers/number-speakers.ts';

const of = (...labels: (string | null)[]) => labels.map((speaker) => ({ speaker }));

test('speakers are numbered in the order in which they first speak', () => {
  expect(numberSpeakers(of('SPEAKER_01', null, 'SPEAKER_00', 'SPEAKER_01'))).toEqual(
    of('S1', null, 'S2', 'S1'),
  );
});

test('ids are dense, and two have the same one exactly when they have the same label', () => {
  const labels = fc.array(fc.option(fc.constantFrom('a', 'b', 'c', '__proto__', '')), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(labels, (drawn) => {
      const ids = numberSpeakers(of(...drawn)).map(({ speaker }) => speaker);
      const different = new Set(drawn.filter((label) => label !== null)).size;
      expect([...new Set(ids.filter((id) => id !== null))]).toEqual(
        Array.from({ length: different }, (_id, index) => `S${index + 1}`),
      );
      drawn.forEach((label, at) =>
        drawn.forEach((other, from) => expect(ids[at] === ids[from]).toBe(label === other)),
      );
    }),
  );
});
