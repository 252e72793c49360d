import { expect, test } from 'vitest';
import { glanceAt } from '../../../../activities/minutes/render/glance.ts';
import { minutesDocument } from '../../../../activities/minutes/render/minutes-document.ts';
import { phrasesFor } from '../../../../activities/minutes/render/phrases.ts';
import type { Approval } from '../../../../workflows/contracts/approval.ts';
import { sampleMinutes, sampleTranscript } from './sample-minutes.ts';

const DRAFT = {
  state: 'draft',
  asked: 'Ann\u202e Lee',
  since: '2026-12-01T10:00:00.000Z',
  until: '2026-12-07T10:00:00.000Z',
} satisfies Approval;
const RETURNED = {
  ...DRAFT,
  state: 'returned',
  by: 'Tom',
  at: '2026-12-02T10:00:00.000Z',
  remark: 'The owner is wrong.\n\nIt is Bob.',
} satisfies Approval;
const APPROVED = {
  state: 'approved',
  by: 'Tom',
  at: '2026-12-02T10:00:00.000Z',
  version: 4,
  sha256: 'a'.repeat(64),
} satisfies Approval;

test.each([
  [
    'en',
    'draft: waits for approval by Ann Lee until 7 December 2026 at 10:00 UTC',
    'draft: waits for approval until 7 December 2026 at 10:00 UTC',
    'draft: not approved',
    'draft: returned by Tom on 2 December 2026',
    'approved by Tom on 2 December 2026 (version 4)',
  ],
  [
    'zh',
    '草稿：等待 Ann Lee 在2026年12月7日 10:00 UTC 前批准',
    '草稿：等待在2026年12月7日 10:00 UTC 前批准',
    '草稿：尚未批准',
    '草稿：Tom 于2026年12月2日退回',
    'Tom 于2026年12月2日批准（第 4 版）',
  ],
  [
    'de',
    'Entwurf: wartet bis 7. Dezember 2026 um 10:00 UTC auf die Freigabe durch Ann Lee',
    'Entwurf: wartet bis 7. Dezember 2026 um 10:00 UTC auf die Freigabe',
    'Entwurf: nicht freigegeben',
    'Entwurf: von Tom am 2. Dezember 2026 zurückgegeben',
    'freigegeben von Tom am 2. Dezember 2026 (Version 4)',
  ],
  [
    'fr',
    'brouillon : approbation attendue de Ann Lee avant le 7 décembre 2026 à 10:00 UTC',
    'brouillon : approbation attendue avant le 7 décembre 2026 à 10:00 UTC',
    'brouillon : non approuvé',
    'brouillon : renvoyé par Tom le 2 décembre 2026',
    'approuvé par Tom le 2 décembre 2026 (version 4)',
  ],
  [
    'es',
    'borrador: espera la aprobación de Ann Lee hasta el 7 de diciembre de 2026 a las 10:00 UTC',
    'borrador: espera la aprobación hasta el 7 de diciembre de 2026 a las 10:00 UTC',
    'borrador: sin aprobar',
    'borrador: devuelta por Tom el 2 de diciembre de 2026',
    'aprobada por Tom el 2 de diciembre de 2026 (versión 4)',
  ],
])('in %s the line under the title says how the approval stands', (language, ...lines) => {
  const states: readonly Approval[] = [
    DRAFT,
    { ...DRAFT, asked: null },
    { ...DRAFT, asked: null, until: null },
    RETURNED,
    APPROVED,
  ];
  const said = states.map(
    (approval) => glanceAt({ ...sampleMinutes, approval }, phrasesFor(language)).facts[0],
  );
  expect(said).toEqual(lines);
});

test('the remark stands in returned minutes, and in no others', () => {
  const notesOf = (approval: Approval | null) =>
    minutesDocument({ ...sampleMinutes, approval }, sampleTranscript, {
      picture: false,
    }).blocks.filter((block) => block.kind === 'note');
  expect(notesOf(RETURNED)).toContainEqual({
    kind: 'note',
    tone: 'remark',
    title: 'Draft: returned by Tom on 2 December 2026',
    lines: ['The owner is wrong.', 'It is Bob.'],
  });
  expect(notesOf(DRAFT)).toEqual(notesOf(null));
});

const AT = '2026-12-01T10:00:00.000Z';
const OF_SUMMARY = {
  kind: 'edit',
  version: 2,
  base: 1,
  by: 'Eve',
  at: AT,
  outlivesSummary: false,
} as const;
const OF_TITLE = { kind: 'edit', version: 2, base: 1, by: 'Tom', at: AT } as const;
const ANEW = { kind: 'resummarize', version: 3, base: 2, by: 'Ann', at: AT } as const;

test.each([
  ['an edit', [OF_SUMMARY], 'edited by Eve on 1 December 2026 (version 2)'],
  ['an edit of what a new summary replaces', [OF_SUMMARY, ANEW], null],
  [
    'an edit of what a new summary keeps',
    [OF_TITLE, ANEW],
    'edited by Tom on 1 December 2026 (version 2)',
  ],
  ['both', [OF_TITLE, OF_SUMMARY, ANEW], 'edited by Tom on 1 December 2026 (version 2)'],
  ['an edit of a new summary', [ANEW, OF_SUMMARY], 'edited by Eve on 1 December 2026 (version 2)'],
])('after %s the line under the title says who edited what is left', (_, revisions, said) => {
  const { facts } = glanceAt({ ...sampleMinutes, revisions: [...revisions] }, phrasesFor('en'));
  expect(facts.find((fact) => fact.startsWith('edited')) ?? null).toBe(said);
});

test.each([
  ['en', null, 'Complete'],
  ['en', DRAFT, 'Complete · draft'],
  ['zh', DRAFT, '完整；草稿'],
  ['de', RETURNED, 'Vollständig · zurückgegeben'],
  ['fr', APPROVED, 'Complet · approuvé (version 4)'],
  ['es', DRAFT, 'Completa · borrador'],
])(
  'in %s the head of every page says whether the minutes are approved',
  (language, approval, head) => {
    expect(glanceAt({ ...sampleMinutes, approval }, phrasesFor(language)).running).toBe(head);
  },
);

test('a space stands between Chinese and other writing, and not between Chinese and Chinese', () => {
  const said = (approval: Approval) =>
    glanceAt({ ...sampleMinutes, approval }, phrasesFor('zh')).facts[0];
  expect(said({ ...DRAFT, asked: '张伟' })).toBe('草稿：等待张伟在2026年12月7日 10:00 UTC 前批准');
  expect(said({ ...RETURNED, by: '张伟' })).toBe('草稿：张伟于2026年12月2日退回');
  expect(said({ ...APPROVED, by: '张伟' })).toBe('张伟于2026年12月2日批准（第 4 版）');
  expect(said({ ...APPROVED, by: '张 Ann' })).toBe('张 Ann 于2026年12月2日批准（第 4 版）');
});

test('a statement that its quote does not bear out is not counted as verified', () => {
  const [first, ...others] = sampleMinutes.decisions;
  const decisions =
    first === undefined ? [] : [{ ...first, unsupported: true as const }, ...others];
  const lineOf = (minutes: typeof sampleMinutes) =>
    glanceAt(minutes, phrasesFor('en')).facts.at(-1);
  expect(lineOf(sampleMinutes)).toBe('3 of 5 statements verified');
  expect(lineOf({ ...sampleMinutes, decisions })).toBe('2 of 5 statements verified');
});
