import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isTranscribed,
  toEngineLanguage,
  toIsoLanguage,
} from '../../../../../adapters/inference/protocols/reading/iso-language.ts';

test.each([
  ['en', 'en'],
  ['english', 'en'],
  ['English', 'en'],
  ['zh-CN', 'zh'],
  ['chinese', 'zh'],
  ['mandarin', 'zh'],
  ['german', 'de'],
  ['haitian creole', 'ht'],
  ['burmese', 'my'],
  ['myanmar', 'my'],
  ['norwegian', 'no'],
  ['jw', 'jv'],
  ['tl', 'tl'],
  ['fil', 'tl'],
  ['javanese', 'jv'],
  ['hawaiian', null],
  ['haw', null],
  ['klingon', null],
  ['', null],
  [null, null],
])('%s is %s', (said, code) => {
  expect(toIsoLanguage(said)).toBe(code);
});

test('any word is two letters or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (said) => {
      expect(toIsoLanguage(said) ?? 'aa').toMatch(/^[a-z]{2}$/);
    }),
  );
});

test('engines get Javanese by the code that Whisper has for it, and other languages as they are', () => {
  expect(['jv', 'de', null].map(toEngineLanguage)).toEqual(['jw', 'de', null]);
  expect(['jv', 'no', 'ga'].map(isTranscribed)).toEqual([true, true, false]);
});
