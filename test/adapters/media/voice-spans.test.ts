import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAME_SAMPLES, settledSpans, voiceSpans } from '../../../adapters/media/voice-spans.ts';

const frames = (...parts: readonly (readonly [count: number, probability: number])[]): number[] =>
  parts.flatMap(([count, probability]) => Array.from({ length: count }, () => probability));
const spansOf = (probabilities: number[]) =>
  voiceSpans(probabilities, probabilities.length * FRAME_SAMPLES);

test('voice is found, with 100 ms before and after it', () => {
  expect(spansOf(frames([20, 0], [20, 0.9], [20, 0]))).toEqual([
    { startSample: 20 * 512 - 1600, endSample: 40 * 512 + 1600 },
  ]);
});

test('a voice between the two thresholds stays one span', () => {
  expect(spansOf(frames([20, 0], [10, 0.9], [10, 0.4], [10, 0.9], [20, 0]))).toHaveLength(1);
});

test('sound that is never clearly voice is ignored, and so is a click', () => {
  expect(spansOf(frames([50, 0.45]))).toEqual([]);
  expect(spansOf(frames([20, 0], [7, 0.9], [20, 0]))).toEqual([]);
  expect(spansOf(frames([20, 0], [8, 0.9], [20, 0]))).toHaveLength(1);
});

test('a pause of less than 100 ms does not split a span, one of half a second does', () => {
  expect(spansOf(frames([20, 0.9], [3, 0], [20, 0.9]))).toHaveLength(1);
  expect(spansOf(frames([20, 0.9], [16, 0], [20, 0.9]))).toHaveLength(2);
});

test('spans are in order, do not touch and are within the recording', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 0.4, 0.6, 1), { maxLength: 300 }), (probabilities) => {
      const samples = Math.max(0, probabilities.length * FRAME_SAMPLES - 100);
      let end = -1;
      for (const span of voiceSpans(probabilities, samples)) {
        expect(span.startSample).toBeGreaterThan(end);
        expect(span.endSample).toBeGreaterThan(span.startSample);
        end = span.endSample;
      }
      expect(end).toBeLessThanOrEqual(samples);
    }),
  );
});

test('the spans that are settled after any number of frames are the first ones, whatever follows', () => {
  let settled = 0;
  const part = fc.tuple(fc.integer({ min: 1, max: 14 }), fc.constantFrom(0, 0.4, 0.6));
  const parts = fc.array(part, { minLength: 30, maxLength: 60 });
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 100 }), (counts, percent) => {
      const probabilities = frames(...counts);
      const rated = probabilities.slice(0, Math.floor((percent / 100) * probabilities.length));
      const first = settledSpans(rated);
      settled += first.length;
      expect(spansOf(probabilities).slice(0, first.length)).toEqual(first);
    }),
    { numRuns: 1000 },
  );
  expect(settled).toBeGreaterThan(1000);
});

test('a span is settled a second after its end', () => {
  const probabilities = frames([20, 0], [20, 0.9], [40, 0]);
  const whole = spansOf(probabilities);
  const end = Math.ceil(((whole[0]?.endSample ?? 0) + 16_000) / FRAME_SAMPLES);
  expect(settledSpans(probabilities.slice(0, end - 1))).toEqual([]);
  expect(settledSpans(probabilities.slice(0, end))).toEqual(whole);
});
