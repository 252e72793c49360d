import { describe, expect, test } from 'vitest';
import {
  chineseDistant,
  chineseHeldOut,
  chineseTuned,
  chineseUnseen,
  chineseWithEnglish,
} from '../../support/meetings/chinese.ts';
import {
  englishDistant,
  englishHeldOut,
  englishTuned,
  englishUnseen,
} from '../../support/meetings/english.ts';
import { generateMeeting } from '../../support/meetings/generate-meeting.ts';
import { judgeAll, judgeSummary } from '../../support/meetings/judge-summary.ts';

/** `HANSARD_MEETINGS` makes more of each kind. */
const MEETINGS = Array.from({ length: Number(process.env['HANSARD_MEETINGS'] ?? 8) }, (_, n) => n);

describe('on generated meetings of 40 sentences the extractive summary', () => {
  test.each([
    ['en', 'tuned', englishTuned],
    ['en', 'unseen', englishUnseen],
    ['en', 'held out', englishHeldOut],
    ['en', 'distant', englishDistant],
    ['zh', 'tuned', chineseTuned],
    ['zh', 'unseen', chineseUnseen],
    ['zh', 'held out', chineseHeldOut],
    ['zh', 'distant', chineseDistant],
    ['zh', 'with English words', chineseWithEnglish],
  ])(
    '%s, %s: finds 9 of 10 decisions, actions and open questions, and invents none',
    (language, _kind, book) => {
      const judged = judgeAll(
        MEETINGS.map((seed) => judgeSummary(generateMeeting(book, seed), language)),
      );
      expect(judged.invented).toEqual([]);
      expect(judged.recall).toBeGreaterThanOrEqual(0.9);
    },
  );

  test('the judge sees what is missed and what is invented', () => {
    const meeting = generateMeeting(englishTuned, 0);
    const [decision = '', ...decisions] = meeting.decisions;
    const judged = judgeSummary({ ...meeting, decisions: [...decisions, 'We agreed.'] }, 'en');
    expect(judged.missed).toEqual(['decision | We agreed.']);
    expect(judged.invented).toEqual([`decision | ${decision}`]);
  });
});
