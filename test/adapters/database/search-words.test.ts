import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSearch, searchWords } from '../../../adapters/database/search-words.ts';

test.each([
  ['提交新的报价方案', ['提交', '交新', '新的', '的报', '报价', '价方', '方案', '案']],
  ['Müller sent the API，报价。', ['muller', 'sent', 'the', 'api', '报价', '价']],
  ['ＡＰＩ v2, Straße', ['api', 'v2', 'strasse']],
  ['カレー', ['カレ', 'レー', 'ー']],
  ['예산을', ['예산', '산을', '을']],
  ['報価 deadline', ['報価', '価', 'deadline']],
  ['costs < 5 & profit', ['costs', '5', 'profit']],
  ['，。 -->', []],
])('%s has the words %j', (text, words) => {
  expect(searchWords(text)).toEqual({ words, leftOut: 0 });
});

const query = (text: string) => parseSearch(text)?.query ?? null;

test.each([
  ['报价', "'报价'"],
  ['报', "'报':*"],
  ['报价方案', "'报价' & '价方' & '方案'"],
  ['Budget 报价', "'budget':* & '报价'"],
  ['in 2026', "'in' & '2026'"],
  ["x' | !y & (z:*", "'x' & 'y' & 'z'"],
  ['，。 -->', null],
  ['', null],
])('a search for %j asks for %s', (text, expected) => {
  expect(query(text)).toBe(expected);
});

test('a text fits only if it has every term, and the characters of a term side by side', () => {
  const search = parseSearch('报价方案 budget');
  expect(search?.fits(['提交新的报价方案', 'the Budgets'])).toBe(true);
  expect(search?.fits(['报价，价方，方案', 'the budgets'])).toBe(false);
  expect(search?.fits(['提交新的报价方案', 'low-budgetary'])).toBe(true);
  expect(search?.fits(['提交新的报价方案', 'megabudget'])).toBe(false);
  expect(search?.indexIn('提交新的报价方案')).toBe(4);
  expect(search?.indexIn('nothing of it')).toBe(-1);
});

test('a text that is too long for the database says how many words it leaves out', () => {
  const count = 12_000;
  const text = Array.from({ length: count }, (_, index) => `word${index}`.padEnd(90, 'x')).join(
    ' ',
  );
  const { words, leftOut } = searchWords(text);
  expect(words[0]).toBe('word0'.padEnd(90, 'x'));
  expect(leftOut).toBeGreaterThan(0);
  expect(words.length + leftOut).toBe(count);
  expect(Buffer.byteLength(words.join(''))).toBeLessThanOrEqual(1_000_000);
});

test('every part of an unspaced text, and every word of a spaced one, asks for words that the text has', () => {
  const han = fc.array(fc.constantFrom(...Array.from('提交新的报价方案会議をカレー예산')), {
    minLength: 1,
    maxLength: 12,
  });
  const latin = fc.array(fc.constantFrom(...Array.from('abçdéßＡ9')), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(han, latin), { minLength: 1, maxLength: 6 }),
      fc.nat(),
      fc.nat(),
      (parts, from, length) => {
        const text = parts.map((part) => part.join('')).join(' ');
        const [part = []] = parts.slice(from % parts.length);
        const isSpaced = /[a-zç9éßＡ]/u.test(part.join(''));
        const start = isSpaced ? 0 : length % part.length;
        const search = parseSearch(
          part.slice(start, isSpaced ? undefined : start + 1 + (from % 4)).join(''),
        );
        const words = new Set(searchWords(text).words);
        const asked = (search?.query ?? '')
          .split(' & ')
          .map((one) => one.slice(1, one.lastIndexOf("'")));
        expect(search?.fits([text])).toBe(true);
        for (const word of asked) {
          expect([...words].some((own) => own === word || own.startsWith(word))).toBe(true);
        }
      },
    ),
    { numRuns: 50 },
  );
});
