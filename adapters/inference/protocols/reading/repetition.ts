import { deflateRawSync } from 'node:zlib';

/**
 * Whether a transcript is a loop: Whisper repeats one phrase over and over at noise and silence. People repeat
 * themselves too; the bounds are above that.
 */
export const repeatsItself = (text: string): boolean =>
  isDense(text) || inLoop([text], SURE_LOOP).includes(true);

interface Loop {
  /** How often the phrase comes, one right after the other. */
  readonly repetitions: number;
  /** Different words in the phrase. */
  readonly differentWords: number;
}

/**
 * A room that answers in chorus reaches five or six repetitions; "no, no, no" and "hear, hear" are speech, however often.
 */
export const SURE_LOOP: Loop = { repetitions: 8, differentWords: 3 };

/** Which texts of a transcript, in its order, are a loop for the most part. */
export function inLoop(
  texts: readonly string[],
  { repetitions, differentWords }: Loop,
): readonly boolean[] {
  const { words, owners } = numbered(texts);
  const looped = new Set<number>();
  for (let length = 1; length <= LONGEST_PHRASE; length += 1) {
    const needed = (repetitions - 1) * length;
    let matches = 0;
    for (let at = length; at < words.length; at += 1) {
      matches = words[at] === words[at - length] ? matches + 1 : 0;
      if (matches < needed) continue;
      if (new Set(words.subarray(at - length + 1, at + 1)).size < differentWords) continue;
      // All of it when it is found, later one word at a time.
      const first = matches === needed ? at - matches - length + 1 : at;
      for (let index = first; index <= at; index += 1) looped.add(index);
    }
  }
  const counts = texts.map(() => ({ all: 0, looped: 0 }));
  owners.forEach((owner, index) => {
    const count = counts[owner];
    if (count === undefined) return;
    count.all += 1;
    if (looped.has(index)) count.looped += 1;
  });
  return counts.map((count) => count.looped * 2 > count.all);
}

/** The words of all texts as numbers, equal for equal words, and the text that each comes from. */
function numbered(texts: readonly string[]) {
  const numbers = new Map<string, number>();
  const words: number[] = [];
  const owners: number[] = [];
  texts.forEach((text, owner) => {
    for (const word of text.toLowerCase().match(WORD) ?? []) {
      const number = numbers.get(word) ?? numbers.size;
      numbers.set(word, number);
      words.push(number);
      owners.push(owner);
    }
  });
  return { words: Int32Array.from(words), owners };
}

const WORD = /[\p{L}\p{N}\p{M}']+/gu;

/** Whisper's 448 tokens per window hold eight of these. Longer repetitions are real: announcements in a waiting line. */
const LONGEST_PHRASE = 30;

/**
 * How well the text compresses. Whisper uses the same measure with a bound of 2.4, which roll calls exceed. Counting
 * and voting reach 5, loops of a sentence 13, loops of one word or in Chinese more than 20.
 */
export function isDense(text: string): boolean {
  for (let from = 0; from < text.length; from += WINDOW_CHARACTERS / 2) {
    const piece = Buffer.from(text.slice(from, from + WINDOW_CHARACTERS));
    if (piece.length < LEAST_BYTES) break;
    if (piece.length / deflateRawSync(piece).length > MOST_DENSITY) return true;
  }
  return false;
}

const MOST_DENSITY = 10;
/** A loop fills a window of 30 s; half steps cover it wherever it starts. */
const WINDOW_CHARACTERS = 500;
/** Below this, deflate's overhead or a burst of laughter would decide. */
const LEAST_BYTES = 400;
