import { create } from 'fontkit';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);
const NOTO = '@expo-google-fonts/noto-sans';
const NANUM = '@expo-google-fonts/nanum-gothic';

/**
 * The fonts of the PDF, regular and bold, from packages: what is installed on the machine is never used, so that every
 * machine makes the same file. A family that stands earlier is preferred.
 */
export const FAMILIES = [
  // Latin, Greek, Cyrillic, Devanagari.
  family('Noto Sans', `${NOTO}/400Regular/NotoSans_400Regular`, `${NOTO}/700Bold/NotoSans_700Bold`),
  // Chinese characters, also those of Japanese and Korean texts; kana.
  family(
    'Noto Sans SC',
    `${NOTO}-sc/400Regular/NotoSansSC_400Regular`,
    `${NOTO}-sc/700Bold/NotoSansSC_700Bold`,
  ),
  // Hangul.
  family(
    'NanumGothic',
    `${NANUM}/400Regular/NanumGothic_400Regular`,
    `${NANUM}/700Bold/NanumGothic_700Bold`,
  ),
  family(
    'Noto Sans Arabic',
    `${NOTO}-arabic/400Regular/NotoSansArabic_400Regular`,
    `${NOTO}-arabic/700Bold/NotoSansArabic_700Bold`,
  ),
  family(
    'Noto Sans Hebrew',
    `${NOTO}-hebrew/400Regular/NotoSansHebrew_400Regular`,
    `${NOTO}-hebrew/700Bold/NotoSansHebrew_700Bold`,
  ),
  family(
    'Noto Sans Thai',
    `${NOTO}-thai/400Regular/NotoSansThai_400Regular`,
    `${NOTO}-thai/700Bold/NotoSansThai_700Bold`,
  ),
] as const;

function family(name: string, regular: string, bold: string) {
  return { name, regular: `${regular}.ttf`, bold: `${bold}.ttf` };
}

/** The font files that a text needs, and its characters (code points) that none of them has. */
export function fontsFor(text: string): {
  readonly fonts: readonly Buffer[];
  readonly missing: ReadonlySet<number>;
} {
  const missing = new Set<number>();
  for (const character of text) missing.add(character.codePointAt(0) ?? 0);
  const fonts = FAMILIES.flatMap(({ regular, bold }, index) => {
    if (missing.size === 0 && index > 0) return [];
    const bytes = readFileSync(resolve(regular));
    const font = create(bytes);
    if ('fonts' in font) throw new TypeError('a collection of fonts is not a font');
    const covered = [...missing].filter((codePoint) => font.hasGlyphForCodePoint(codePoint));
    for (const codePoint of covered) missing.delete(codePoint);
    return index > 0 && covered.length === 0 ? [] : [bytes, readFileSync(resolve(bold))];
  });
  return { fonts, missing };
}
