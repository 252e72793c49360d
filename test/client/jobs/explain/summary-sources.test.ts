import { describe, expect, test } from 'vitest';
import { sourceSentences } from '../../../../client/jobs/explain/summary-sources.ts';

const segment = (text: string, index: number) => ({ id: `s${index + 1}`, text });

describe('sentences of a summary', () => {
  const segments = [
    'Good morning, and welcome to the planning of the release.',
    'Agreed, the launch will take place on Tuesday, April 14th.',
    'The budget for the harbour is 25,000 euros this year.',
    'Anna looks after the invitations to the customers.',
    'Then we had coffee, and the weather was fine.',
    'Who tests the installer before we ship?',
  ].map(segment);
  const statements = [
    { id: 'd1', text: 'The launch takes place on Tuesday, April 14th.' },
    { id: 'a1', text: 'Send the invitations\nAnna' },
  ];
  const sourcesOf = (summary: string) =>
    sourceSentences(summary, 'en', { statements, segments }).map((sentence) => [
      ...sentence.statements,
      ...sentence.segments,
    ]);

  test('are from the statements that have their words, else from the segments', () => {
    expect(
      sourceSentences(
        'The launch will be on Tuesday, April 14th. The budget of the harbour is 25000 euros.\n\nAliens landed near Toronto.',
        'en',
        { statements, segments },
      ),
    ).toEqual([
      { text: 'The launch will be on Tuesday, April 14th.', statements: ['d1'], segments: [] },
      { text: 'The budget of the harbour is 25000 euros.', statements: [], segments: ['s3'] },
      { text: 'Aliens landed near Toronto.', statements: [], segments: [] },
    ]);
  });

  test('are from several together', () => {
    expect(
      sourcesOf('The launch is on Tuesday, April 14th, and Anna will send the invitations.'),
    ).toEqual([['d1', 'a1']]);
  });

  test('have no source with another number', () => {
    expect(sourcesOf('The budget of the harbour is 15,000 euros.')).toEqual([[]]);
    expect(sourcesOf('The launch takes place on Tuesday, April 15th.')).toEqual([[]]);
  });

  test('have no source by words that everything has', () => {
    expect(sourcesOf('The meeting was about the strategy of the company.')).toEqual([[]]);
    expect(sourcesOf('')).toEqual([]);
  });

  test('are told apart and found in Chinese, too', () => {
    const said = ['大家早上好。', '我们决定周五发布新版本。', '码头的预算是25000元。'];
    const found = sourceSentences('会议决定周五发布新版本。预算为15000元。', 'zh', {
      statements: [{ id: 'd1', text: '周五发布新版本' }],
      segments: said.map(segment),
    });
    expect(found).toEqual([
      { text: '会议决定周五发布新版本。', statements: ['d1'], segments: [] },
      { text: '预算为15000元。', statements: [], segments: [] },
    ]);
  });
});
