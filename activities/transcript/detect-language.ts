import { eld } from 'eld/small';

/**
 * The language of a text (ISO 639-1); null if the text is too short or the detector is not sure. The script speaks
 * first: the detector takes Chinese with some English words for English. Deterministic.
 */
export function detectLanguage(text: string): string | null {
  const characters = text.match(CHARACTER)?.length ?? 0;
  // Names say nothing about the language around them: the detector takes lists of them for Norwegian.
  const words = (text.replace(CHARACTER, ' ').match(WORD) ?? []).filter((word) => !NAME.test(word));
  if (characters > words.length) {
    if (characters < MIN_CHARACTERS) return null;
    const isWritten = (script: RegExp): boolean =>
      (text.match(script)?.length ?? 0) * 10 >= characters;
    return isWritten(/\p{sc=Hangul}/gu) ? 'ko' : isWritten(KANA) ? 'ja' : 'zh';
  }
  const spoken = words.join(' ');
  if (spoken.replaceAll(' ', '').length < MIN_LETTERS) return null;
  const result = eld.detect(spoken);
  return result.isReliable() && /^[a-z]{2}$/.test(result.language) ? result.language : null;
}

const CHARACTER = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;
const KANA = /[\p{sc=Hiragana}\p{sc=Katakana}]/gu;
const WORD = /[\p{L}\p{M}]+/gu;
const NAME = /^\p{Lu}(?!\p{Lu})/u;

/** With fewer letters the detector was seen to report "xx qq zz" as reliably Latvian, and "Ja, gerne" as Danish. */
const MIN_LETTERS = 12;
const MIN_CHARACTERS = 4;
