import { expect, test } from 'vitest';
import {
  draftOf,
  isChanged,
  minutesWith,
  rebased,
  withItem,
  withItemMoved,
  withNewItem,
  withoutItem,
} from '../../../client/web/edit/minutes-draft.ts';
import { editedMinutesSchema } from '../../../workflows/contracts/edited.ts';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { sampleMinutes } from '../../activities/minutes/render/sample-minutes.ts';

const base: Minutes = {
  ...sampleMinutes,
  attendees: ['Anna', 'Lee, Tom'],
  sections: [{ id: 'risks', title: 'Risks', items: [] }],
};
const begun = draftOf(base);
const textsOf = (minutes: Minutes, list: 'keyPoints' | 'decisions') =>
  minutes[list].map(({ text }) => text);

test('minutes that nobody has touched are as they were', () => {
  expect(minutesWith(base, begun)).toEqual(base);
  expect(isChanged(base, begun)).toBe(false);
  expect(isChanged(sampleMinutes, draftOf(sampleMinutes))).toBe(false);
});

test('a reworded statement keeps its sources, and is no longer said to be verified', () => {
  const draft = withItem(begun, 'decisions', '0', { text: ' Ship in April. ' });
  const [decision] = minutesWith(base, draft).decisions;
  expect(decision).toMatchObject({ text: 'Ship in April.', verified: false });
  expect(decision?.citations.map(({ quote, segmentIds }) => ({ quote, segmentIds }))).toEqual([
    { quote: 'ship on the first of March', segmentIds: ['s2'] },
  ]);
  expect(minutesWith(base, draft).keyPoints).toEqual(base.keyPoints);
});

test('a dropped source is gone, and words of the transcript are a new one', () => {
  const [item] = begun.lists['decisions'] ?? [];
  const citations = (item?.citations ?? []).map((one) => ({ ...one, isKept: false }));
  const draft = withItem(begun, 'decisions', '0', { citations, quotes: ['on the first', '  '] });
  expect(minutesWith(base, draft).decisions[0]?.citations).toEqual([
    { quote: 'on the first', segmentIds: [], start: null, end: null, speaker: null },
  ]);
});

test('a task takes its owner and its day, and loses them', () => {
  const draft = withItem(begun, 'actionItems', '1', { owner: 'S1', due: '2026-12-24' });
  const without = withItem(draft, 'actionItems', '0', { owner: '', due: '', dueText: ' ' });
  expect(minutesWith(base, without).actionItems).toMatchObject([
    { task: 'Write the release notes', owner: null, due: null, dueText: null },
    { task: 'Test the installer', owner: 'S1', due: '2026-12-24', dueText: 'when there is time' },
  ]);
});

test('items are added, moved and removed; one without words is left out', () => {
  const two = withItem(withNewItem(begun, 'keyPoints'), 'keyPoints', 'new-1', { text: 'New.' });
  const three = withNewItem(two, 'keyPoints');
  const moved = withItemMoved(three, 'keyPoints', 'new-1', -1);
  expect(textsOf(minutesWith(base, moved), 'keyPoints')).toEqual([
    'New.',
    'The release is planned.',
  ]);
  expect(withItemMoved(moved, 'keyPoints', 'new-1', -1)).toEqual(moved);
  expect(textsOf(minutesWith(base, withoutItem(moved, 'keyPoints', '0')), 'keyPoints')).toEqual([
    'New.',
  ]);
});

test('what a draft makes is what the gateway takes', () => {
  const added = withItem(withNewItem(begun, 'sections.risks'), 'sections.risks', 'new-1', {
    text: 'Rain.',
    quotes: ['it may rain'],
  });
  const draft = { ...added, title: 'Plan', date: '', attendees: 'Anna\n\nLee, Tom\n', summary: '' };
  const made = editedMinutesSchema.parse({ ...minutesWith(base, draft), file: 'minutes' });
  expect(made).toMatchObject({
    title: 'Plan',
    date: null,
    attendees: ['Anna', 'Lee, Tom'],
    summary: '',
    sections: [{ id: 'risks', items: [{ text: 'Rain.', citations: [{ quote: 'it may rain' }] }] }],
  });
});

const newer: Minutes = {
  ...base,
  version: 2,
  title: 'Release planning, corrected',
  decisions: [...base.decisions, { text: 'Eve tests.', citations: [], verified: false }],
  openQuestions: [],
};

test('a draft on a newer version has what others changed and what its person wrote', () => {
  const mine = withItem({ ...begun, summary: 'Mine.' }, 'keyPoints', '0', { text: 'All is set.' });
  const put = rebased(mine, base, newer);
  expect(put.version).toBe(2);
  const made = minutesWith(newer, put);
  expect(made).toMatchObject({
    title: 'Release planning, corrected',
    summary: 'Mine.',
    openQuestions: [],
  });
  expect(textsOf(made, 'keyPoints')).toEqual(['All is set.']);
  expect(textsOf(made, 'decisions')).toEqual(['Ship on the first of March.', 'Eve tests.']);
});

test('where both changed a statement, both stand; what its person removed stays away', () => {
  const theirs: Minutes = {
    ...newer,
    decisions: [{ text: 'Ship in May.', citations: [], verified: false }],
  };
  const mine = withItem(begun, 'decisions', '0', { text: 'Ship in April.' });
  const both = minutesWith(theirs, rebased(mine, base, theirs));
  expect(textsOf(both, 'decisions').toSorted()).toEqual(['Ship in April.', 'Ship in May.']);
  const removed = rebased(withoutItem(begun, 'keyPoints', '0'), base, newer);
  expect(minutesWith(newer, removed).keyPoints).toEqual([]);
});

test('what was written in a section that is no longer there goes to the key points', () => {
  const mine = withItem(withNewItem(begun, 'sections.risks'), 'sections.risks', 'new-1', {
    text: 'Rain.',
  });
  const put = rebased(mine, base, { ...newer, sections: [] });
  expect(textsOf(minutesWith({ ...newer, sections: [] }, put), 'keyPoints')).toEqual([
    'The release is planned.',
    'Rain.',
  ]);
  const keys = Object.values(put.lists).flatMap((items) => items.map(({ key }) => key));
  expect(new Set(put.lists['keyPoints']?.map(({ key }) => key)).size).toBe(2);
  expect(keys.length).toBeGreaterThan(2);
});
