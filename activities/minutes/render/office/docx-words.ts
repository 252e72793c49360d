import { TextRun, type IRunOptions } from 'docx';
import type { Document } from '../document.ts';
import { FONTS, isHanJapanese, type FontFamily, type UsedFamily } from './document-fonts.ts';
import { docxFonts } from './docx-styles.ts';
import { isRightToLeft, localeOf } from './locale-of.ts';

/** The runs of a text, each in a font that has its characters. `language`: null or absent for the document's. */
export type Words = (text: string, options?: IRunOptions, language?: string | null) => TextRun[];

/** The family of Chinese characters where the language of a text does not say which. */
export const hanOf = (document: Document): FontFamily =>
  isHanJapanese(document) ? FONTS.japanese : FONTS.chinese;

/**
 * Word processors choose a font by the kind of a character, and LibreOffice leaves a hole where the chosen one lacks it:
 * such as Hangul in a font of Chinese characters. Those stand in runs of their own.
 */
export function wordsIn(document: Document, families: readonly UsedFamily[]): Words {
  const han = hanOf(document);
  const fontFinders = new Map<string, FontFinder>();
  return (text, options = {}, language = null) => {
    const fonts = docxFonts(language ?? document.language, han);
    const fontOf = fontFinders.get(language ?? '') ?? fontFinder(fonts, families);
    fontFinders.set(language ?? '', fontOf);
    const inLanguage = { ...options, ...(language !== null && spokenIn(language, fonts)) };
    return pieces(clean(text), fontOf).map(
      ([piece, font]) =>
        new TextRun({ ...inLanguage, ...(font !== undefined && { font }), text: piece }),
    );
  };
}

/** The name of the font that a character needs; undefined: it has the one of its kind. */
type FontFinder = (character: string) => string | undefined;

function fontFinder(
  fonts: ReturnType<typeof docxFonts>,
  families: readonly UsedFamily[],
): FontFinder {
  const named = (name: string) => families.find((family) => family.name === name);
  const [eastAsian, complex, other] = [named(fonts.eastAsia), named(fonts.cs), named(fonts.ascii)];
  const found = new Map<string, string | undefined>();
  return (character) => {
    if (!found.has(character)) {
      const codePoint = character.codePointAt(0) ?? 0;
      const isComplex = COMPLEX.test(character);
      const usual = EAST_ASIAN.test(character) ? eastAsian : isComplex ? complex : other;
      const able = families.find(({ covers }) => covers.has(codePoint));
      found.set(character, usual?.covers.has(codePoint) === true ? undefined : able?.name);
    }
    return found.get(character);
  };
}

const EAST_ASIAN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303F\uFF00-\uFFEF]/u;
const COMPLEX = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}]/u;

/** Cuts a text where the font changes; undefined: the usual ones. A text is one piece at least. */
function pieces(
  text: string,
  fontOf: FontFinder,
): (readonly [piece: string, font: string | undefined])[] {
  const cut: [piece: string, font: string | undefined][] = [];
  for (const character of text) {
    const last = cut.at(-1);
    // A space, and a mark that belongs to the character before it, stay with it.
    const font =
      last !== undefined && /[\s\p{M}\p{Cf}]/u.test(character) ? last[1] : fontOf(character);
    if (last === undefined || last[1] !== font) cut.push([character, font]);
    else last[0] += character;
  }
  return cut.length === 0 ? [['', undefined]] : cut;
}

/** How a run in another language than the document's is tagged, so that spelling and fonts are right. */
function spokenIn(language: string, font: ReturnType<typeof docxFonts>): IRunOptions {
  const locale = localeOf(language);
  return {
    language: { value: locale, eastAsia: locale, bidirectional: locale },
    font,
    ...(isRightToLeft(language) && { rightToLeft: true }),
  };
}

/** XML has no place for the noncharacters U+FFFE and U+FFFF. */
export const clean = (text: string): string => text.replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD');
