import { expect, test } from 'vitest';
import { detectLanguage } from '../../../activities/transcript/detect-language.ts';

test.each([
  ['Good morning everyone, let us begin the meeting.', 'en'],
  ['我们决定下周五之前完成这个项目', 'zh'],
  ['我們決定下週五完成', 'zh'],
  ['Guten Morgen zusammen, wir beginnen mit der Sitzung.', 'de'],
  ['Bonjour à tous, nous commençons la réunion.', 'fr'],
  ['会議を始めましょう、よろしくお願いします', 'ja'],
])('%s is detected as %s', (text, language) => {
  expect(detectLanguage(text)).toBe(language);
});

test.each(['', '12345', 'ok', 'xx qq zz', '好的'])('%j is too short to detect', (text) => {
  expect(detectLanguage(text)).toBeNull();
});
