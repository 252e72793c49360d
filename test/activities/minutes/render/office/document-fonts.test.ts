import { expect, test } from 'vitest';
import {
  fontsFor,
  isHanJapanese,
} from '../../../../../activities/minutes/render/office/document-fonts.ts';
import type { Document } from '../../../../../activities/minutes/render/document.ts';

const TEXT = '直骨辺';

/** A document with a line of a transcript in each language. */
function documentIn(language: string, ...lines: readonly string[]): Document {
  return {
    title: TEXT,
    language,
    facts: [],
    glance: { isComplete: true, status: '', running: '', facts: [] },
    blocks: [
      {
        kind: 'transcript',
        lines: lines.map((spoken, index) => ({
          id: `s${index + 1}`,
          time: null,
          at: null,
          speaker: null,
          language: spoken,
          text: TEXT,
          cited: false,
        })),
      },
    ],
  };
}

const familiesOf = (document: Document) =>
  fontsFor(document, TEXT).families.map(({ name }) => name);

test('Chinese characters have the forms of the language of the document and of its lines', () => {
  expect(familiesOf(documentIn('zh'))).toEqual(['Noto Sans', 'Noto Sans SC']);
  expect(familiesOf(documentIn('ja'))).toEqual(['Noto Sans', 'Noto Sans JP']);
  expect(familiesOf(documentIn('en', 'ja'))).toEqual(['Noto Sans', 'Noto Sans JP']);
  expect(familiesOf(documentIn('zh', 'ja'))).toEqual(['Noto Sans', 'Noto Sans SC', 'Noto Sans JP']);
  expect(isHanJapanese(documentIn('en', 'ja'))).toBe(true);
  expect(isHanJapanese(documentIn('ja', 'zh'))).toBe(false);
});

test('what no font has is missing, and no family is taken that is not needed', () => {
  const { families, missing } = fontsFor(documentIn('en'), 'Anna Łukasz 안녕 🚀');
  expect(families.map(({ name }) => name)).toEqual(['Noto Sans', 'NanumGothic']);
  expect([...missing]).toEqual(['🚀'.codePointAt(0)]);
});
