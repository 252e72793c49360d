import { expect, test } from 'vitest';
import { withoutMusic } from '../../../adapters/media/loud-music.ts';

const span = (from: number, to: number) => ({ startSample: from * 16_000, endSample: to * 16_000 });
/** A minute of samples of this size, 50 energies for each second; the pauses are silent. */
const minute = (size: number, isPause: (frame: number) => boolean = () => false) =>
  Float64Array.from({ length: 60 * 50 }, (_, frame) => (isPause(frame) ? 0 : size ** 2));

test('a faint voice in loud sound without a pause is music', () => {
  const faint = [span(20, 21), span(30, 31)];
  expect(withoutMusic({ faint, spans: [], quietness: minute(6_000) })).toEqual([]);
});

test('a soft one, or one with pauses, may be a person', () => {
  const faint = [span(20, 21)];
  expect(withoutMusic({ faint, spans: [], quietness: minute(3_000) })).toEqual(faint);
  const syllables = minute(6_000, (frame) => frame % 10 < 2);
  expect(withoutMusic({ faint, spans: [], quietness: syllables })).toEqual(faint);
});

test('up to ten seconds before a clear voice it may be a person, however loud', () => {
  const faint = [span(10, 11), span(31, 32)];
  const spans = [span(0, 5), span(42, 50)];
  expect(withoutMusic({ faint, spans, quietness: minute(6_000) })).toEqual([faint[1]]);
});
