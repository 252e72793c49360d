import { expect, test } from 'vitest';
import { detectLanguage } from '../../../activities/transcript/detect-language.ts';
import { LONG, NONE, SHORT, UNKNOWN } from './phrases-by-language.ts';

const pairs = (phrases: Readonly<Record<string, readonly string[]>>): [string, string][] =>
  Object.entries(phrases).flatMap(([language, texts]) =>
    texts.map((text): [string, string] => [text, language]),
  );

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

test.each(pairs(LONG))('%s is found to be %s', (text, language) => {
  expect(detectLanguage(text)).toBe(language);
});

/** Wrong ones by text. */
const wrong = (texts: readonly [string, string][]) =>
  texts.flatMap(([text, language]) => {
    const found = detectLanguage(text);
    return found === null || found === language ? [] : [[text, found]];
  });

test('of short and mixed phrases none is taken for another language', () => {
  const phrases = pairs(SHORT);
  expect(wrong(phrases)).toEqual([]);
  const found = phrases.filter(([text]) => detectLanguage(text) !== null);
  expect(phrases.length).toBeGreaterThan(170);
  expect(found.length / phrases.length).toBeGreaterThan(0.45);
});

test('no part of a sentence is taken for another language', () => {
  // Of a sentence with foreign words, a part may be foreign alone.
  const plain = pairs(LONG).filter(([text]) => !/\p{sc=Han}.*[a-z]/u.test(text));
  const parts = plain.flatMap(([text, language]) => {
    const words = text.split(' ');
    return words.flatMap((_, from) =>
      [2, 3, 5, 8].map((count): [string, string] => [
        words.slice(from, from + count).join(' '),
        language,
      ]),
    );
  });
  expect(wrong(parts)).toEqual([]);
  const found = parts.filter(([text]) => detectLanguage(text) !== null);
  expect(found.length / parts.length).toBeGreaterThan(0.5);
});

test.each(NONE)('%j belongs to no language', (text) => {
  expect(detectLanguage(text)).toBeNull();
});

test.each(UNKNOWN)('%s is in a language that the detector does not know', (text) => {
  expect(detectLanguage(text)).toBeNull();
});

test('the script outweighs foreign words in it, and is outweighed by a sentence around it', () => {
  expect(
    detectLanguage('The customer wants to see 微信支付 in the next release of the shop.'),
  ).toBe('en');
  expect(detectLanguage('客户希望下一个 release 里能看到微信支付')).toBe('zh');
  expect(detectLanguage('go to 上海浦东国际机场')).toBeNull();
});
