import { eld } from 'eld/small';

/** The language of a text (ISO 639-1); null if the text is too short or the detector is not sure. Deterministic. */
export function detectLanguage(text: string): string | null {
  const letters = text.match(/\p{L}/gu) ?? [];
  const ideographs = letters.filter((letter) => IDEOGRAPH.test(letter)).length;
  const enough = ideographs * 2 >= letters.length ? MIN_IDEOGRAPHS : MIN_LETTERS;
  if (letters.length < enough) return null;

  const result = eld.detect(text);
  return result.isReliable() && /^[a-z]{2}$/.test(result.language) ? result.language : null;
}

const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/** With fewer letters the detector was seen to report "xx qq zz" as reliably Latvian. */
const MIN_LETTERS = 10;
const MIN_IDEOGRAPHS = 4;
