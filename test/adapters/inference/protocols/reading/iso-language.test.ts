import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { toIsoLanguage } from '../../../../../adapters/inference/protocols/reading/iso-language.ts';

it.each([
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
  ['javanese', 'jv'],
  ['hawaiian', null],
  ['haw', null],
  ['klingon', null],
  ['', null],
  [null, null],
])('%s is %s', (said, code) => {
  expect(toIsoLanguage(said)).toBe(code);
});

it('any word is two letters or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (said) => {
      expect(toIsoLanguage(said) ?? 'aa').toMatch(/^[a-z]{2}$/);
    }),
  );
});
