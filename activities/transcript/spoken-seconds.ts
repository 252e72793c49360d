import { voiceWithin, type Span } from './wordless-voice.ts';

/**
 * For how many seconds of voice a text can last at most: by its letters, at half the pace of ordinary speech. A digit is
 * read out as a word of four letters, and a Chinese character or Korean syllable as three.
 */
export function longestSpoken(text: string): number {
  const count = (kind: RegExp): number => text.match(kind)?.length ?? 0;
  const letters = count(/\p{L}/gu) + 4 * count(/\p{Nd}/gu);
  return (letters + 2 * count(SYLLABLES) + count(KANA)) / SLOWEST_LETTERS;
}

const SYLLABLES = /[\p{sc=Han}\p{sc=Hangul}]/gu;
const KANA = /[\p{sc=Hiragana}\p{sc=Katakana}]/gu;

/** A second of voice, pauses left out. */
const SLOWEST_LETTERS = 8;

/** When the words of a text that begins at `start` have been said at the latest: so much voice they can fill. */
export function spokenUntil(
  { start, end, text }: Span & { readonly text: string },
  voice: readonly Span[],
): number {
  let left = longestSpoken(text);
  for (const span of voice) {
    const from = Math.max(span.start, start);
    const spoken = Math.max(0, Math.min(span.end, end) - from);
    if (spoken >= left && spoken > 0) return from + left;
    left -= spoken;
  }
  return end;
}

/** Seconds of voice in a text's time that its words cannot fill. */
export const unfilledSeconds = (
  said: Span & { readonly text: string },
  voice: readonly Span[],
): number => voiceWithin(voice, said) - longestSpoken(said.text);
