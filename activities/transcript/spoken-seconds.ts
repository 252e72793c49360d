import { voiceWithin, type Span } from './wordless-voice.ts';

/** For how many seconds of voice a text can last at most: at half the pace of ordinary speech. */
export const longestSpoken = (text: string): number => lettersSaid(text) / SLOWEST_LETTERS;

/** For how many seconds of voice a text lasts at least: at one and a half times the pace of ordinary speech. */
export const shortestSpoken = (text: string): number => lettersSaid(text) / FASTEST_LETTERS;

/** A digit is read out as a word of four letters, and a Chinese character or Korean syllable as three. */
function lettersSaid(text: string): number {
  const count = (kind: RegExp): number => text.match(kind)?.length ?? 0;
  return count(/\p{L}/gu) + 4 * count(/\p{Nd}/gu) + 2 * count(SYLLABLES) + count(KANA);
}

const SYLLABLES = /[\p{sc=Han}\p{sc=Hangul}]/gu;
const KANA = /[\p{sc=Hiragana}\p{sc=Katakana}]/gu;

// A second of voice, pauses left out. Sentences of the sample and of a meeting with distant microphones have 13 in the middle, 18.6 at most.
const SLOWEST_LETTERS = 8;
const FASTEST_LETTERS = 20;

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
