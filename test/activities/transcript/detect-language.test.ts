import { expect, test } from 'vitest';
import { detectLanguage } from '../../../activities/transcript/detect-language.ts';

test.each([
  ['Good morning everyone, let us begin the meeting.', 'en'],
  ['我们决定下周五之前完成这个项目', 'zh'],
  ['我們決定下週五完成', 'zh'],
  ['Guten Morgen zusammen, wir beginnen mit der Sitzung.', 'de'],
  ['Bonjour à tous, nous commençons la réunion.', 'fr'],
  ['会議を始めましょう、よろしくお願いします', 'ja'],
  ['这个 feature 的 deadline 是下周五', 'zh'],
  ['我们下周 deploy 新的 backend 到 production', 'zh'],
  ['明日 meeting があります', 'ja'],
  ['API の deadline は来週です', 'ja'],
  ['회의를 시작하겠습니다', 'ko'],
  ['We met 张伟 and 李娜 yesterday to discuss the new plan.', 'en'],
  ['Anna, Tom, Maria and Peter will be there tomorrow morning.', 'en'],
  ['GOOD MORNING EVERYONE LET US BEGIN THE MEETING', 'en'],
  ['我们下周去优衣库讨论「の」这个标题怎么翻译比较好', 'zh'],
  ['Начнём совещание, у нас мало времени.', 'ru'],
])('%s is detected as %s', (text, language) => {
  expect(detectLanguage(text)).toBe(language);
});

test.each([
  '',
  '12345',
  'ok',
  'xx qq zz',
  '好的',
  'Ja, gerne.',
  'Anna, Tom, Maria and Peter',
  'Anna Schmidt, Tom Müller, Maria Rossi',
  '张伟 and Tom',
])('%j is too short to detect', (text) => {
  expect(detectLanguage(text)).toBeNull();
});
