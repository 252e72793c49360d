import { describe, expect, test } from 'vitest';
import { resolveDue } from '../../../activities/summary/resolve-due.ts';

/** A Monday. */
const meeting = '2026-03-02';

describe('resolveDue', () => {
  test.each([
    ['en', 'by Friday, March 6', '2026-03-06'],
    ['en', 'by Friday, March 6th', '2026-03-06'],
    ['en', 'by Friday march sixth', '2026-03-06'],
    ['en', 'by March eleven', '2026-03-11'],
    ['en', 'March the twenty-first', '2026-03-21'],
    ['en', 'by Friday', '2026-03-06'],
    ['en', 'next Friday', '2026-03-13'],
    ['en', 'tomorrow', '2026-03-03'],
    ['en', 'the day after tomorrow', '2026-03-04'],
    ['en', 'end of the month', '2026-03-31'],
    ['en', 'by the end of next month', '2026-04-30'],
    ['en', 'by the end of the week', '2026-03-06'],
    ['en', 'end of next week', '2026-03-13'],
    ['en', 'end of the quarter', '2026-03-31'],
    ['en', 'in two weeks', '2026-03-16'],
    ['en', 'by the 6th', '2026-03-06'],
    ['en', 'the 1st', '2026-04-01'],
    ['en', 'January 15', '2027-01-15'],
    ['en', '2026-04-01', '2026-04-01'],
    ['de', 'bis nächsten Freitag', '2026-03-13'],
    ['de', 'bis zum 6. März', '2026-03-06'],
    ['de', 'übermorgen', '2026-03-04'],
    ['de', 'bis Ende des Monats', '2026-03-31'],
    ['fr', 'avant vendredi', '2026-03-06'],
    ['fr', 'fin du mois', '2026-03-31'],
    ['es', 'antes del viernes', '2026-03-06'],
    ['es', 'mañana', '2026-03-03'],
    ['zh', '下周五', '2026-03-13'],
    ['zh', '在下週五之前', '2026-03-13'],
    ['zh', '三月二十号', '2026-03-20'],
    ['zh', '月底', '2026-03-31'],
    ['zh', '两周后', '2026-03-16'],
    ['zh', '十五号之前', '2026-03-15'],
    ['zh', '明天', '2026-03-03'],
    [null, 'by Friday', '2026-03-06'],
    ['sw', 'by Friday', '2026-03-06'],
  ])('%s: "%s" is %s', (language, words, day) => {
    expect(resolveDue(words, meeting, language)).toBe(day);
  });

  test.each([
    ['en', 'soon'],
    ['en', 'next week'],
    ['en', 'next month'],
    ['en', 'after the launch'],
    ['en', 'at ten'],
    ['en', '2026-02-30'],
    ['de', 'nächste Woche'],
    ['zh', '尽快'],
    ['en', ''],
  ])('%s: "%s" is no single day', (language, words) => {
    expect(resolveDue(words, meeting, language)).toBeNull();
  });

  test('without a meeting date only words with a year have a day', () => {
    expect(resolveDue('March 6, 2027', null, 'en')).toBe('2027-03-06');
    for (const words of ['tomorrow', 'by Friday', 'March 6', 'end of the month', 'in two weeks']) {
      expect(resolveDue(words, null, 'en')).toBeNull();
    }
    expect(resolveDue('下周五', null, 'zh')).toBeNull();
    expect(resolveDue(null, meeting, 'en')).toBeNull();
  });
});
