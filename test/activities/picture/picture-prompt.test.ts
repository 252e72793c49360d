import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { picturePrompt } from '../../../activities/picture/picture-prompt.ts';

const minutes = {
  title: 'Interview with Anna Schmidt',
  summary: 'Anna will send the budget to Tom Baker. The website needs new pictures by March 6.',
  keyPoints: [{ text: 'The budget for the website is eighteen thousand dollars.' }],
  language: 'en',
};

describe('picturePrompt', () => {
  test('it holds the subject and no name, number or date', () => {
    const { prompt, negativePrompt } = picturePrompt(minutes);
    expect(prompt).toContain('budget');
    expect(prompt).toContain('website');
    expect(prompt).not.toMatch(/anna|schmidt|tom|baker|march|6/iu);
    expect(prompt).toContain('no people, no text');
    expect(negativePrompt).toContain('face');
  });

  test('German nouns stay and German names go', () => {
    const { prompt } = picturePrompt({
      title: null,
      summary: 'Friedrich schickt die Einladung. Das Budget und die Einladung sind fertig.',
      keyPoints: [],
      language: 'de',
    });
    expect(prompt).toContain('einladung');
    expect(prompt).not.toMatch(/friedrich/iu);
  });

  test('minutes without words still have a picture', () => {
    const { prompt } = picturePrompt({ title: null, summary: '', keyPoints: [], language: null });
    expect(prompt).toContain('Subject: a meeting.');
  });

  test('the same minutes give the same prompt, of bounded length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 5000 }), (summary) => {
        const ask = () => picturePrompt({ ...minutes, summary });
        expect(ask()).toEqual(ask());
        expect(ask().prompt.length).toBeLessThanOrEqual(700);
      }),
      { numRuns: 40 },
    );
  });
});
