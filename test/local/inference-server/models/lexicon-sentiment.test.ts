import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifySentiment } from '../../../../local/inference-server/models/lexicon-sentiment.ts';

describe('lexicon-v1', () => {
  test.each([
    ['The launch was a great success, and everybody is happy.', 'positive'],
    ['The launch failed, and the delay was expensive.', 'negative'],
    ['The meeting is on Tuesday at nine.', 'neutral'],
    ['This is not good, and it never worked.', 'negative'],
    ["It wasn't bad and there were no problems.", 'positive'],
    ['', 'neutral'],
  ])('finds %s %s', (text, label) => {
    expect(classifySentiment(text)[0]?.label).toBe(label);
  });

  test('answers three labels sorted by score, with scores that add up to 1', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('good', 'bad', 'boat', 'not')), (words) => {
        const scores = classifySentiment(words.join(' ')).map(({ score }) => score);
        expect(scores).toHaveLength(3);
        expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      }),
    );
  });

  test('stays a number for a very long text of praise', () => {
    expect(classifySentiment('good '.repeat(2000))[0]).toEqual({ label: 'positive', score: 1 });
  });
});
