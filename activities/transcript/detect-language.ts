import { eld } from 'eld/small';

/**
 * ISO 639-1 of the language that a text is in; null when the text is too short or the detector is not sure.
 * Answers the same for the same text in every process: the detector has no state that we change.
 */
export function detectLanguage(text: string): string | null {
  const letters = text.match(/\p{L}/gu) ?? [];
  const ideographs = letters.filter((letter) => IDEOGRAPH.test(letter)).length;
  const enough = ideographs * 2 >= letters.length ? MIN_IDEOGRAPHS : MIN_LETTERS;
  if (letters.length < enough) return null;

  const result = eld.detect(text);
  return result.isReliable() && /^[a-z]{2}$/.test(result.language) ? result.language : null;
}

const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/** Below these the detector was seen to call "xx qq zz" reliably Latvian. */
const MIN_LETTERS = 10;
const MIN_IDEOGRAPHS = 4;
