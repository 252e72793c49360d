import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { resolveDue } from '../../../activities/summary/resolve-due.ts';

const stored = z.iso.date().nullable();
const languages = fc.constantFrom(
  'en',
  'de',
  'fr',
  'es',
  'pt',
  'it',
  'nl',
  'zh',
  'ja',
  'ru',
  'sw',
  null,
);
const meetings = fc.oneof(
  fc.constantFrom(
    '0000-01-01',
    '0050-02-28',
    '9999-12-31',
    '2026-03-02',
    '2026-02-30',
    'today',
    null,
  ),
  fc
    .date({ min: new Date('1900-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
);

test('any words on any day have no day or one that can be stored', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), meetings, languages, (words, meeting, language) => {
      expect(stored.safeParse(resolveDue(words, meeting, language)).success).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('words of dates in any order have no day or one that can be stored, within five years', () => {
  const word = fc.constantFrom(
    ...'in by the next this week weeks month a 999 450000 31st 0 29 february friday of end from after 20 2099 , .'.split(
      ' ',
    ),
    ...'bis zum 31. monat wochen 月 日 31 九十九 下 周 五 后 末 年 20 le vendredi dans mois en huit'.split(
      ' ',
    ),
  );
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 7 }),
      fc.constantFrom(' ', ''),
      languages,
      (words, gap, language) => {
        const due = resolveDue(words.join(gap), '2024-02-29', language);
        expect(stored.safeParse(due).success).toBe(true);
        expect(Number(due?.slice(0, 4) ?? 0)).toBeLessThan(2030);
      },
    ),
    { numRuns: 1000 },
  );
});

test.each(['at the latest ', 'at noon ', 'by the end of ', 'Friday ', 'Friday, March 6 '])(
  'an endless phrase is soon given up: "%s"',
  (words) => {
    const started = performance.now();
    expect(resolveDue(words.repeat(100_000), '2026-03-02', 'en')).toBeNull();
    expect(resolveDue(words.repeat(5), '2026-03-02', 'en')).toBeNull();
    expect(performance.now() - started).toBeLessThan(2000);
  },
);
