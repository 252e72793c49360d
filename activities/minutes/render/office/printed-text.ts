/** Characters that are invisible by nature need no glyph. */
const INVISIBLE = /[\s\p{Default_Ignorable_Code_Point}]/gu;
const VARIATION = /\p{Variation_Selector}/gu;

/** The visible characters of a text. */
export const visible = (text: string): string => text.replaceAll(INVISIBLE, '');

/**
 * The text as fonts print it that lack some characters (code points): U+FFFD stands for each of them, or there would be
 * a hole that nobody sees. Variation selectors are removed: they choose among glyphs that our fonts do not have.
 */
export const printedText = (text: string, missing: ReadonlySet<number>): string => {
  const kept = text.replaceAll(VARIATION, '');
  const shown =
    missing.size === 0
      ? kept
      : kept.replaceAll(/./gsu, (character) =>
          missing.has(character.codePointAt(0) ?? 0) ? '\uFFFD' : character,
        );
  return shown.replaceAll(LONG_WORD, '$&\u200B');
};

/** A word that no line can hold is cut, or its end would stand beyond the edge of the page. */
const LONG_WORD = /[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u200B]{64}(?=\S)/gu;
