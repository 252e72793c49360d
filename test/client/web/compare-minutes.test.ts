import { expect, test } from 'vitest';
import {
  compareMinutes,
  compareSegments,
  isDifferent,
} from '../../../client/web/compare/compare-minutes.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { sampleMinutes, sampleTranscript } from '../../activities/minutes/render/sample-minutes.ts';

const was: Minutes = { ...sampleMinutes, speakers: [{ id: 'S1', name: null, seconds: 9 }] };
const before = { minutes: was, names: new Map([['S1', 'Speaker 1']]) };
const differences = (is: Minutes, names = before.names) =>
  compareMinutes(before, { minutes: is, names }, { doubts: true })
    .filter(isDifferent)
    .map(({ field, section, rows }) => [
      section?.title ?? field,
      rows.filter(({ kind }) => kind !== 'same').map(({ kind }) => kind),
    ]);

test('the same minutes have no difference', () => {
  expect(differences(was)).toEqual([]);
});

test('each field tells how it is different', () => {
  const { decisions, actionItems } = was;
  const is: Minutes = {
    ...was,
    title: 'Another title altogether',
    date: null,
    summary: 'The release is planned.\n\nIt ships in April.',
    decisions: [],
    keyPoints: [...was.keyPoints, ...decisions],
    actionItems: actionItems.map((item) => ({ ...item, owner: 'S1' })),
    sections: [{ id: 'risks', title: 'Risks', items: [{ ...decisions[0]!, text: 'Rain' }] }],
  };
  expect(differences(is, new Map([['S1', 'Anna Weiß']]))).toEqual([
    ['title', ['changed']],
    ['date', ['removed']],
    ['speakers', ['changed']],
    ['summary', ['changed']],
    ['decisions', ['removed']],
    ['actionItems', ['changed', 'changed']],
    ['keyPoints', ['added']],
    ['Risks', ['added']],
  ]);
});

test('a statement that is not verified any more is changed; where that is not known, it is the same', () => {
  const is: Minutes = {
    ...was,
    decisions: was.decisions.map((one) => ({ ...one, verified: false })),
  };
  expect(differences(is)).toEqual([['decisions', ['changed']]]);
  const unknown = compareMinutes(before, { ...before, minutes: is }, { doubts: false });
  expect(unknown.some(isDifferent)).toBe(false);
});

test('of a transcript only the segments that differ are told', () => {
  const segments = sampleTranscript.segments.map((segment) =>
    segment.id === 's3' ? { ...segment, text: 'Who tests the uninstaller?' } : segment,
  );
  const names = { was: before.names, is: before.names };
  expect(compareSegments(sampleTranscript.segments, segments, names).rows).toEqual([
    {
      kind: 'changed',
      was: { text: 'Who tests the installer?', start: 61, who: null },
      is: { text: 'Who tests the uninstaller?', start: 61, who: null },
    },
  ]);
});
