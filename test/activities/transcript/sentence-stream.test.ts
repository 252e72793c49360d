import { expect, test } from 'vitest';
import { sentencesOf } from '../../../activities/transcript/sentence-stream.ts';

const segment = (id: string, text: string, language: string | null = null) => ({
  id,
  text,
  language,
});

test('a sentence goes over segments of one language', () => {
  expect(
    sentencesOf([segment('s1', 'We decided to', 'en'), segment('s2', 'wait. Good.', 'en')], 'en'),
  ).toEqual([
    { text: 'We decided to wait.', segmentIds: ['s1', 's2'] },
    { text: 'Good.', segmentIds: ['s2'] },
  ]);
});

test('a sentence ends where the language changes, also without a full stop', () => {
  const segments = [
    segment('s1', '王方负责提交新的报价方案', 'zh'),
    segment('s2', '李强会联系客户确认测试环境', 'zh'),
    segment('s3', 'We decided to increase the budget.', 'en'),
  ];
  expect(sentencesOf(segments, 'en')).toEqual([
    { text: '王方负责提交新的报价方案', segmentIds: ['s1'] },
    { text: '李强会联系客户确认测试环境', segmentIds: ['s2'] },
    { text: 'We decided to increase the budget.', segmentIds: ['s3'] },
  ]);
});

test('a segment whose language is not known goes with the ones around it', () => {
  const segments = [
    segment('s1', 'We wait', 'en'),
    segment('s2', 'until'),
    segment('s3', 'May.', 'en'),
  ];
  expect(sentencesOf(segments, 'en')).toEqual([
    { text: 'We wait until May.', segmentIds: ['s1', 's2', 's3'] },
  ]);
});

test('a sentence ends where the speaker changes, also without a full stop', () => {
  const segments = [
    { id: 's1', text: 'I will send the offer', speaker: 'S1' },
    { id: 's2', text: 'to the customer by Friday', speaker: 'S1' },
    { id: 's3', text: 'Great, thanks a lot.', speaker: 'S2' },
  ];
  expect(sentencesOf(segments, 'en')).toEqual([
    { text: 'I will send the offer to the customer by Friday', segmentIds: ['s1', 's2'] },
    { text: 'Great, thanks a lot.', segmentIds: ['s3'] },
  ]);
});

test('a segment whose speaker is not known goes with the ones around it', () => {
  const segments = [
    { id: 's1', text: 'We', speaker: null },
    { id: 's2', text: 'wait', speaker: 'S1' },
    { id: 's3', text: 'until' },
    { id: 's4', text: 'May', speaker: 'S1' },
    { id: 's5', text: 'Good.', speaker: 'S2' },
  ];
  expect(sentencesOf(segments, 'en')).toEqual([
    { text: 'We wait until May', segmentIds: ['s1', 's2', 's3', 's4'] },
    { text: 'Good.', segmentIds: ['s5'] },
  ]);
});

test('the full stop of a title does not end a sentence', () => {
  const segments = [
    segment('s1', 'Dr. Hale agreed. He told "Mr. Okafor" and left at 5 p.m. Good.'),
  ];
  expect(sentencesOf(segments, 'en').map(({ text }) => text)).toEqual([
    'Dr. Hale agreed.',
    'He told "Mr. Okafor" and left at 5 p.m.',
    'Good.',
  ]);
});
