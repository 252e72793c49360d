import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differencesOf } from '../../../activities/revision/differences.ts';
import type { Documents } from '../../../activities/revision/documents.ts';
import { sampleMinutes, sampleTranscript } from '../minutes/render/sample-minutes.ts';

const [first, second, third] = sampleTranscript.segments;
if (!first || !second || !third) throw new Error('the sample is too short');

const BASE: Documents = { minutes: sampleMinutes, transcript: sampleTranscript };
const withPoints = (texts: readonly string[]): Documents => ({
  ...BASE,
  minutes: {
    ...sampleMinutes,
    keyPoints: texts.map((text) => ({ text, citations: [], verified: false })),
  },
});
const point = (text: string) => ({ text, quotes: [], verified: false });
const pointsBetween = (before: readonly string[], after: readonly string[]) =>
  differencesOf(withPoints(before), withPoints(after)).map(({ was, is }) => [was, is]);

test('equal versions have none, whatever the numbers of segments', () => {
  const renumbered = sampleTranscript.segments.map((segment, index) => ({
    ...segment,
    id: `s${index + 7}`,
  }));
  const transcript = { ...sampleTranscript, segments: renumbered };
  expect(differencesOf(BASE, { ...BASE, transcript })).toEqual([]);
});

test('a statement that is written otherwise is one difference, and its neighbours are none', () => {
  expect(pointsBetween(['a', 'b', 'c'], ['a', 'B', 'c'])).toEqual([[point('b'), point('B')]]);
});

test('what is new was nothing, and what was removed is nothing', () => {
  expect(pointsBetween(['a', 'b'], ['x', 'a', 'b', 'y'])).toEqual([
    [null, point('x')],
    [null, point('y')],
  ]);
  expect(pointsBetween(['a', 'b', 'c'], ['b'])).toEqual([
    [point('a'), null],
    [point('c'), null],
  ]);
});

test('a segment that was split is one that changed and one that is new', () => {
  const segments = [
    first,
    { ...second, end: 5, text: 'We decided to ship.' },
    { ...second, id: 's3', start: 5, text: 'Anna will write the notes.' },
    { ...third, id: 's4' },
  ];
  const differences = differencesOf(BASE, {
    ...BASE,
    transcript: { ...sampleTranscript, segments },
  });
  expect(differences).toMatchObject([
    { file: 'transcript', field: 'segments', was: { text: second.text }, is: { end: 5 } },
    { file: 'transcript', field: 'segments', was: null, is: { start: 5 } },
  ]);
});

test('every field that people change has its name', () => {
  const minutes = {
    ...sampleMinutes,
    title: 'Budget',
    date: null,
    attendees: ['Ann'],
    language: 'de',
    summary: '',
    speakers: [{ id: 'S1', name: 'Ann', seconds: 1 }],
    decisions: [],
    actionItems: [],
    openQuestions: [],
  };
  const fields = differencesOf(BASE, { ...BASE, minutes }).map(({ field }) => field);
  expect([...new Set(fields)]).toEqual([
    'title',
    'date',
    'attendees',
    'language',
    'speakers',
    'summary',
    'decisions',
    'actionItems',
    'openQuestions',
  ]);
});

test('the differences lead from one list to the other', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 8 });
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const pairs = pointsBetween(before, after);
      const countOf = (list: readonly string[], text: string) =>
        list.filter((one) => one === text).length;
      for (const text of 'abcde') {
        const gone = pairs.filter(([was]) => JSON.stringify(was).includes(`"${text}"`)).length;
        const come = pairs.filter(([, is]) => JSON.stringify(is).includes(`"${text}"`)).length;
        expect(countOf(before, text) - gone + come).toBe(countOf(after, text));
      }
    }),
  );
});

test('a transcript of a day that was written anew is compared by place, at once', () => {
  const said = (word: string): Documents => ({
    ...BASE,
    transcript: {
      ...sampleTranscript,
      segments: Array.from({ length: 20_000 }, (_, index) => ({
        ...first,
        id: `s${index + 1}`,
        text: `${word} ${index}`,
      })),
    },
  });
  const differences = differencesOf(said('before'), said('after'));
  expect(differences).toHaveLength(20_000);
  expect(differences[7]).toMatchObject({ was: { text: 'before 7' }, is: { text: 'after 7' } });
}, 20_000);
