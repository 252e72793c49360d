import { expect, test } from 'vitest';
import { approvalEndText, approvalLines } from '../../client/cli/render-approval.ts';
import { headline } from '../../client/cli/render-view.ts';
import { approvalView, approvalWords, waitsForPerson } from '../../client/jobs/approval-view.ts';

const SINCE = '2026-03-01T12:00:00.000Z';
const UNTIL = '2026-03-08T12:00:00.000Z';
const BEFORE = new Date('2026-03-03T12:00:00.000Z');
const AFTER = new Date('2026-03-09T12:00:00.000Z');
const view = (state: 'draft' | 'returned', now: Date, until: string | null = UNTIL) => {
  const seen = approvalView({ state, since: SINCE, until }, now);
  if (seen === null) throw new Error('an approval has a view');
  return seen;
};
const ITEM = { id: 'pn7x6gr3', version: 2, asked: 'Tom Weber' };
const APPROVE = 'approve it: npm run -s hansard -- approve pn7x6gr3 --version 2';
const RETURN =
  'or return it: npm run -s hansard -- return pn7x6gr3 "what has to be corrected" --version 2';
const CORRECT =
  'correct it: npm run -s hansard -- result pn7x6gr3 --out DIR, then npm run -s hansard -- edit pn7x6gr3 DIR/minutes.json; that makes a draft again';

test('returned minutes stay returned when their time is over', () => {
  const late = view('returned', AFTER);
  expect(late).toMatchObject({ state: 'returned', isExpired: true });
  expect(waitsForPerson(late)).toBe(false);
  expect(approvalWords(late)).toBe('returned (expired)');
  expect(approvalEndText(late)).toBe(
    'returned, expired since 2026-03-08 12:00 (UTC): a correction of it makes a draft again',
  );
  expect(approvalLines(ITEM, late)).toEqual([
    'it is returned, expired since 2026-03-08 12:00 (UTC): a correction of it makes a draft again',
    CORRECT,
  ]);
});

test('an expired draft says since when, and that it can be decided on, and waits for nobody', () => {
  const late = view('draft', AFTER);
  expect(waitsForPerson(late)).toBe(false);
  expect(approvalWords(late)).toBe('draft (expired)');
  const text = 'expired since 2026-03-08 12:00 (UTC): it can be approved or returned all the same';
  expect(approvalEndText(late)).toBe(`a draft, ${text}`);
  expect(approvalLines(ITEM, late)).toEqual([`it is a draft, ${text}`, APPROVE, RETURN]);
});

test('who is asked, until when, and the commands that come next are told', () => {
  expect(approvalLines(ITEM, view('draft', BEFORE))).toEqual([
    'it is a draft: Tom Weber is asked to approve it until 2026-03-08 12:00 (UTC)',
    APPROVE,
    RETURN,
  ]);
  expect(approvalLines({ ...ITEM, asked: null }, view('draft', BEFORE))[0]).toBe(
    'it is a draft: it waits for approval until 2026-03-08 12:00 (UTC)',
  );
  expect(approvalLines({ ...ITEM, asked: 'T\u001B[2J' }, view('draft', BEFORE))[0]).not.toContain(
    '\u001B',
  );
  expect(approvalLines(ITEM, view('returned', BEFORE))).toEqual([
    'it is returned: it waits for a correction until 2026-03-08 12:00 (UTC)',
    CORRECT,
  ]);
});

test('where nobody is waited for, no time is told', () => {
  expect(approvalLines(ITEM, view('draft', AFTER, null))).toEqual([
    'it is a draft: nobody has approved it',
    APPROVE,
    RETURN,
  ]);
  expect(approvalLines(ITEM, view('returned', AFTER, null))).toEqual(['it is returned', CORRECT]);
  expect(approvalLines(ITEM, null)).toEqual([]);
});

test('the headline of a returned job and its list say the same once its time is over', () => {
  const approval = view('returned', AFTER);
  const status = {
    id: 'pn7x6gr3',
    status: 'completed',
    waitingFor: null,
    result: 'partial',
    stage: 'publish',
    chunks: { done: null, total: null },
    degradations: [],
    approval,
    costUsd: null,
  } as const;
  expect(headline({ status, failure: null, failureMessage: null, progress: null })).toBe(
    `completed: partial minutes, ${approvalEndText(approval)}`,
  );
});
