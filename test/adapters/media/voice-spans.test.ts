import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAME_SAMPLES, voiceSpans } from '../../../adapters/media/voice-spans.ts';

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
