import { expect, test } from 'vitest';
import { replaces } from '../../../activities/minutes/replaces.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { sampleMinutes } from './render/sample-minutes.ts';

const complete = sampleMinutes;
const partial = (
  coverage: Partial<Minutes['coverage']> = {},
  degradations: Minutes['degradations'] = [],
): Minutes => ({
  ...sampleMinutes,
  status: 'partial',
  coverage: { ...sampleMinutes.coverage, transcribedSeconds: 100, ...coverage },
  degradations,
});
const degraded = (level: Minutes['degradations'][number]['level']): Minutes['degradations'] => [
  { stage: 'summarize', role: 'summarize', level, target: null, spans: [], reason: 'exhausted' },
];

test('complete minutes replace partial ones, and partial ones never replace complete ones', () => {
  expect(replaces(complete, partial())).toBe(true);
  expect(replaces(partial({ transcribedSeconds: 500 }), complete)).toBe(false);
});

test.each([
  ['more was transcribed', partial({ transcribedSeconds: 104 }), partial()],
  [
    'more of the transcript was summarised',
    partial({ transcriptCharacters: 1000, summarizedCharacters: 900 }),
    partial({ transcriptCharacters: 2000, summarizedCharacters: 1600 }),
  ],
  ['a model made the summary', partial(), partial({}, degraded('simplified'))],
  ['nothing is missing', partial(), partial({}, degraded('missing'))],
])('of two partial ones, those stand in which %s', (_, better, worse) => {
  expect(replaces(better, worse)).toBe(true);
  expect(replaces(worse, better)).toBe(false);
});

test.each([
  ['edit', false],
  ['resummarize', false],
  ['approval', true],
  ['rename', true],
  ['join', true],
] as const)('a run replaces minutes after the revision %s: %s', (kind, expected) => {
  const at = '2026-03-02T10:00:00.000Z';
  const revisions = [
    { kind, version: 2, base: 1, by: 'Ann', at },
    { kind: 'rename' as const, version: 3, base: 2, by: 'Ann', at },
  ];
  expect(replaces(complete, { ...partial(), revisions })).toBe(expected);
});

test('of equal ones the newer stand; who answered does not matter, nor a fraction of a second', () => {
  expect(replaces(complete, complete)).toBe(true);
  expect(replaces(partial({}, degraded('fallback')), partial())).toBe(true);
  expect(replaces(partial({ transcribedSeconds: 99.8 }), partial())).toBe(true);
  const silent = { transcriptCharacters: 0, summarizedCharacters: 0 };
  expect(replaces(partial(silent), partial(silent))).toBe(true);
});

test('voice without words, which only the newer minutes look for, does not keep the older ones', () => {
  const older = partial({ gaps: [{ start: 0, end: 10, reason: 'exhausted' }] });
  const newer = partial({
    transcribedSeconds: 90,
    untimedSeconds: 0,
    gaps: [{ start: 40, end: 60, reason: 'no_words' }],
  });
  expect(replaces(newer, older)).toBe(true);
  // Of two that look for it, it is a lack.
  expect(replaces(newer, partial({ untimedSeconds: 0 }))).toBe(false);
});

test('a run replaces a draft, and what is approved by nobody any more, but no approved minutes', () => {
  const at = '2026-03-02T10:00:00.000Z';
  const approved = {
    state: 'approved',
    by: 'Ann',
    at,
    version: 1,
    sha256: 'a'.repeat(64),
  } as const;
  const draft = { state: 'draft', asked: null, since: at, until: at } as const;
  const returned = { ...draft, state: 'returned', by: 'Ann', at, remark: 'No.' } as const;
  expect(replaces(complete, { ...partial(), approval: approved })).toBe(false);
  expect(replaces(complete, { ...partial(), approval: draft })).toBe(true);
  expect(replaces(complete, { ...partial(), approval: returned })).toBe(true);
});
