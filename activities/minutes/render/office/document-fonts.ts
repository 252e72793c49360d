import { create } from 'fontkit';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Document } from '../document.ts';

const { resolve } = createRequire(import.meta.url);
const NOTO = '@expo-google-fonts/noto-sans';
const NANUM = '@expo-google-fonts/nanum-gothic';

/** A family of fonts, and the place of its two faces in their package. */
export interface FontFamily {
  readonly name: string;
  /** TrueType, upright, of weight 400. */
  readonly regular: string;
  /** Of weight 700. */
  readonly bold: string;
}

/**
 * The fonts of PDF and DOCX from packages: what is installed on the machine is never used, so that every machine makes
 * the same file.
 */
export const FONTS = {
  /** Latin, Greek, Cyrillic, Devanagari. */
  latin: family(
    'Noto Sans',
    `${NOTO}/400Regular/NotoSans_400Regular`,
    `${NOTO}/700Bold/NotoSans_700Bold`,
  ),
  /** Chinese characters as in Chinese, which the Korean font does not have all; kana. */
  chinese: family(
    'Noto Sans SC',
    `${NOTO}-sc/400Regular/NotoSansSC_400Regular`,
    `${NOTO}-sc/700Bold/NotoSansSC_700Bold`,
  ),
  /** Chinese characters as in Japanese: 直, 骨 and 邊 differ. */
  japanese: family(
    'Noto Sans JP',
    `${NOTO}-jp/400Regular/NotoSansJP_400Regular`,
    `${NOTO}-jp/700Bold/NotoSansJP_700Bold`,
  ),
  korean: family(
    'NanumGothic',
    `${NANUM}/400Regular/NanumGothic_400Regular`,
    `${NANUM}/700Bold/NanumGothic_700Bold`,
  ),
  arabic: family(
    'Noto Sans Arabic',
    `${NOTO}-arabic/400Regular/NotoSansArabic_400Regular`,
    `${NOTO}-arabic/700Bold/NotoSansArabic_700Bold`,
  ),
  hebrew: family(
    'Noto Sans Hebrew',
    `${NOTO}-hebrew/400Regular/NotoSansHebrew_400Regular`,
    `${NOTO}-hebrew/700Bold/NotoSansHebrew_700Bold`,
  ),
  thai: family(
    'Noto Sans Thai',
    `${NOTO}-thai/400Regular/NotoSansThai_400Regular`,
    `${NOTO}-thai/700Bold/NotoSansThai_700Bold`,
  ),
} as const;

function family(name: string, regular: string, bold: string): FontFamily {
  return { name, regular: `${regular}.ttf`, bold: `${bold}.ttf` };
}

/** The bytes of a face. */
export const readFace = (path: string): Buffer => readFileSync(resolve(path));

/** Languages written with Chinese characters as in China. */
const CHINESE = ['zh', 'yue'];

/** The languages (ISO 639) of a document and of the lines of its transcript. */
const languagesOf = ({ language, blocks }: Document): ReadonlySet<string> =>
  new Set([
    language,
    ...blocks.flatMap((block) =>
      block.kind === 'transcript' ? block.lines.map((line) => line.language ?? language) : [],
    ),
  ]);

/**
 * Whether Chinese characters have their Japanese forms where the language does not say: in a document with Japanese and
 * without Chinese.
 */
export function isHanJapanese(document: Document): boolean {
  const languages = languagesOf(document);
  return languages.has('ja') && !CHINESE.some((language) => languages.has(language));
}

/** A family, and the characters (code points) of a text that it has. */
export interface UsedFamily extends FontFamily {
  readonly covers: ReadonlySet<number>;
}

/**
 * The families that a document needs for its text, and the characters of it (code points) that none of them has. A family
 * that stands earlier is preferred.
 */
export function fontsFor(
  document: Document,
  text: string,
): { readonly families: readonly UsedFamily[]; readonly missing: ReadonlySet<number> } {
  const all = new Set(Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const missing = new Set(all);
  const { latin, chinese, japanese, ...others } = FONTS;
  const isJapanese = languagesOf(document).has('ja');
  const han = isHanJapanese(document) ? [japanese, chinese] : [chinese, japanese];
  const families: UsedFamily[] = [];
  for (const family of [latin, ...han, ...Object.values(others)]) {
    // Japanese lines take their own forms of the characters that the Chinese font has, too.
    const isWanted = family === latin || (family === japanese && isJapanese);
    if (missing.size === 0 && !isWanted) continue;
    const covers = coveredBy(family, all);
    if (!isWanted && missing.isDisjointFrom(covers)) continue;
    for (const codePoint of covers) missing.delete(codePoint);
    families.push({ ...family, covers });
  }
  return { families, missing };
}

function coveredBy({ regular }: FontFamily, codePoints: ReadonlySet<number>): ReadonlySet<number> {
  const font = create(readFace(regular));
  if ('fonts' in font) throw new TypeError('a collection of fonts is not a font');
  return new Set([...codePoints].filter((codePoint) => font.hasGlyphForCodePoint(codePoint)));
}
