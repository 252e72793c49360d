import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidOptionError } from '../../../client/config.ts';
import { parseJobOptions } from '../../../client/jobs/job-options.ts';
import { outputOptionsSchema } from '../../../workflows/contracts/job-input.ts';

const parse = (typed: Partial<Parameters<typeof parseJobOptions>[0]>) =>
  parseJobOptions({ image: true, ...typed });

test('nothing said leaves everything open', () => {
  expect(parse({})).toEqual({
    title: null,
    options: { date: null, language: null, attendees: [], template: 'standard', image: true },
  });
});

test('attendees are trimmed, without doubles, in the order of the user', () => {
  const { options } = parse({ attendees: ' Bob ,Ann  Lee,, Bob,Ann Lee ' });
  expect(options.attendees).toEqual(['Bob', 'Ann Lee']);
});

test('semicolons separate names that have commas', () => {
  const { options } = parse({ attendees: 'Smith, John; Lee, Ann;' });
  expect(options.attendees).toEqual(['Smith, John', 'Lee, Ann']);
});

test('what looks the same is the same: composed and decomposed letters', () => {
  expect(parse({ attendees: 'Zoe\u0308' })).toEqual(parse({ attendees: 'Zo\u00EB' }));
});

test.each(['2026-02-29', '2026-13-01', '02.03.2026', 'today', '20260302', ''])(
  'the day %j is refused',
  (date) => {
    expect(() => parse({ date })).toThrow(InvalidOptionError);
  },
);

test('a leap day is a day', () => {
  expect(parse({ date: '2028-02-29' }).options.date).toBe('2028-02-29');
});

test.each([
  ['en', 'en'],
  ['EN', 'en'],
  ['zh', 'zh'],
  ['tl', 'tl'],
  ['nb', 'no'],
  ['Norwegian', 'no'],
  ['yue', 'zh'],
  ['pt-BR', 'pt'],
  ['jv', 'jv'],
  ['jw', 'jv'],
  ['eng', 'en'],
])('the language %s is %s', (said, language) => {
  expect(parse({ language: said }).options.language).toBe(language);
});

test.each(['xx', 'ga', 'klingon', 'e', ''])('the language %j is refused by name', (language) => {
  expect(() => parse({ language })).toThrow(
    `--language ${JSON.stringify(language)} is no language`,
  );
});

test('a title has 1 to 200 characters', () => {
  expect(parse({ title: ' Weekly  planning ' }).title).toBe('Weekly planning');
  expect(() => parse({ title: ' ' })).toThrow(/--title/);
  expect(() => parse({ title: 'a'.repeat(201) })).toThrow(/--title/);
});

test('a refused name is not repeated', () => {
  const name = 'x'.repeat(101);
  expect(() => parse({ attendees: name })).toThrow(/^(?!.*xxx).*--attendees/);
});

test('whatever is typed is refused, or gives options that the contract takes', () => {
  const typed = fc.record(
    { title: fc.string(), date: fc.string(), language: fc.string(), attendees: fc.string() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(typed, (some) => {
      try {
        return outputOptionsSchema.safeParse(parse(some).options).success;
      } catch (error) {
        return error instanceof InvalidOptionError;
      }
    }),
  );
});

test.each([{ title: 'a\u0000b' }, { title: 'a\ud800' }, { attendees: 'Ann, Bo\u0000b' }])(
  'what cannot be stored is refused: %j',
  (typed) => {
    expect(() => parse(typed)).toThrow(/control characters$/);
  },
);
