import { expect, test } from 'vitest';
import { havePartsListed, saysWhatIsListed } from '../../../activities/summary/has-for-lists.ts';
import { STANDARD, type Outline } from '../../../activities/summary/outline.ts';

const says = (text: string, outline: Partial<Outline> = {}, language = 'en') =>
  saysWhatIsListed([{ id: 's1', text }], language, { ...STANDARD, ...outline });

const DECISION = 'We decided to raise the budget.';
const TASK = 'Tom will send the list by Friday.';
const QUESTION = 'Who will pay for the new office?';
const CHAT = 'The weather was nice on the way here.';
/** 208 words. */
const MUCH_CHAT = `${CHAT} `.repeat(26);
const section = (id: string) => ({ id, title: 'Risks', instruction: 'What may go wrong.' });

test.each([DECISION, TASK, QUESTION, '我们决定推迟发布。', MUCH_CHAT, '天气很好，'.repeat(80)])(
  'there is something for the lists in: %.40s',
  (text) => {
    expect(says(text)).toBe(true);
  },
);

test.each([CHAT, `${CHAT} `.repeat(24), '今天天气很好。', ''])(
  'there is nothing for them in: %.40s',
  (text) => {
    expect(says(text)).toBe(false);
  },
);

test('only what the outline has counts', () => {
  const text = `${DECISION} ${CHAT}`;
  expect(says(text, { lists: ['decisions'] })).toBe(true);
  expect(says(text, { lists: ['actionItems', 'openQuestions', 'keyPoints'] })).toBe(false);
  expect(says(text, { lists: [], sections: [section('section1_decisions')] })).toBe(true);
  expect(says(text, { lists: [], sections: [section('section1')] })).toBe(false);
  expect(says(MUCH_CHAT, { lists: [], sections: [section('section1')] })).toBe(true);
  expect(says(MUCH_CHAT, { lists: ['decisions', 'actionItems'] })).toBe(false);
});

test('of partial summaries, one with a statement is enough', () => {
  const none = { summary: 'A.', keyPoints: [], decisions: [], openQuestions: [], actionItems: [] };
  const some = { ...none, sections: { section1: [{ text: 'It may rain.', citations: [] }] } };
  expect(havePartsListed([none, none])).toBe(false);
  expect(havePartsListed([none, some])).toBe(true);
});
