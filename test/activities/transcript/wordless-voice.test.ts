import { expect, test } from 'vitest';
import { wordlessVoice } from '../../../activities/transcript/wordless-voice.ts';

const spans = (...times: (readonly [start: number, end: number])[]) =>
  times.map(([start, end]) => ({ start, end }));

test('a language that the transcriber fell silent on is found, from its first voice to its last', () => {
  const voice = spans([0.1, 10.3], [11, 15.5], [16.1, 19.2], [20.3, 25.1], [25.7, 26.4]);
  expect(wordlessVoice(voice, spans([0, 6.7], [6.9, 9.2]))).toEqual(spans([11, 26.4]));
});

test('five seconds of voice are found before, between and after words; less is not', () => {
  const voice = spans([0, 5.5], [8, 12.9], [15, 20], [22, 26.9]);
  expect(wordlessVoice(voice, spans([5.5, 8], [12.9, 15], [20, 22]))).toEqual(
    spans([0, 5.5], [15, 20]),
  );
});

test('the edge of a segment that ends early or begins late is no voice of its own', () => {
  const voice = spans([0, 10], [11, 20]);
  expect(wordlessVoice(voice, spans([1.4, 8.6], [12.4, 18.6]))).toEqual([]);
});

test('short words count together, whatever the pauses between them', () => {
  const voice = spans([10, 11], [12, 13], [14, 15], [16, 17], [18, 19]);
  expect(wordlessVoice(voice, spans([0, 9]))).toEqual(spans([10, 19]));
});

test('words in any order, overlapping and beyond the voice, leave nothing; no words leave everything', () => {
  const voice = spans([1, 9], [10, 20]);
  expect(wordlessVoice(voice, spans([8, 25], [0, 12], [3, 4]))).toEqual([]);
  expect(wordlessVoice(voice, [])).toEqual(spans([1, 20]));
  expect(wordlessVoice([], [])).toEqual([]);
});
