import type { Transcript } from '../../workflows/contracts/transcript.ts';
import { spokenWords } from '../support/spoken-words.ts';
import type { SpokenPiece } from './kind.ts';

/** How far a word may be from where it was said, in seconds. */
const TOLERANCE = 0.6;

/** Of the words of a piece, the share that is found within 0.6 s of the times of the sentence that they were said in. */
export function shareFound(
  { at, from = -Infinity, until = Infinity }: SpokenPiece,
  said: Transcript,
  heard: Transcript,
): number {
  let [all, found] = [0, 0];
  for (const { start, end, text } of said.segments) {
    const [begins, ends] = [(start ?? 0) + at - TOLERANCE, (end ?? 0) + at + TOLERANCE];
    if (ends > until || begins < from) continue;
    const words = heard.segments
      .filter((one) => (one.end ?? 0) > begins && (one.start ?? 0) < ends)
      .flatMap((one) => wordsOf(one.text));
    for (const word of wordsOf(text)) {
      all += 1;
      if (words.includes(word)) found += 1;
    }
  }
  return all === 0 ? 0 : found / all;
}

/**
 * How much later than said the sentences of a piece begin, in seconds: the middle one of those that begin a segment in both
 * transcripts. Null if there is none: Whisper has cut them in another way.
 */
export function lateness({ at }: SpokenPiece, said: Transcript, heard: Transcript): number | null {
  const beginning = (text: string) => wordsOf(text).slice(0, 3).join(' ');
  const late = said.segments
    .flatMap(({ start, text }) => {
      const expected = (start ?? 0) + at;
      const same = heard.segments
        .filter((one) => beginning(one.text) === beginning(text))
        .map((one) => (one.start ?? 0) - expected);
      // Who says the same twice is heard at the nearer time.
      return same.toSorted((one, other) => Math.abs(one) - Math.abs(other)).slice(0, 1);
    })
    .toSorted((one, other) => one - other);
  return late[Math.floor(late.length / 2)] ?? null;
}

/**
 * The words of a text. Of Chinese each two characters that follow one another, as it has no blanks, and in simplified ones:
 * Whisper writes now these and now the traditional ones.
 */
const wordsOf = (text: string): readonly string[] =>
  spokenWords(text).flatMap((word) => {
    if (!/^\p{Script=Han}{2,}$/u.test(word)) return [word];
    const characters = Array.from(word, (one) => SIMPLIFIED[TRADITIONAL.indexOf(one)] ?? one);
    return characters.slice(1).map((one, index) => `${characters[index]}${one}`);
  });

/** Of the Mandarin piece. */
const TRADITIONAL = '會議現開們個銷報區訂單沒麼變請預發給財務問題討論項';
const SIMPLIFIED = '会议现开们个销报区订单没么变请预发给财务问题讨论项';
