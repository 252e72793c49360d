import { deflateRawSync } from 'node:zlib';

/**
 * Whether a transcript is a loop, into which Whisper falls with noise and silence: one phrase over and over. People
 * repeat themselves, too; the bounds are beyond what they do.
 */
export const repeatsItself = (text: string): boolean => isDense(text) || hasPhraseLoop(text);

/** From 3 different words on: "no, no, no" and "hear, hear" are speech. */
function hasPhraseLoop(text: string): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}']+/gu) ?? [];
  for (let length = 3; length <= LONGEST_PHRASE; length += 1) {
    let matches = 0;
    for (let at = length; at < words.length; at += 1) {
      matches = words[at] === words[at - length] ? matches + 1 : 0;
      if (matches < (REPETITIONS - 1) * length) continue;
      if (new Set(words.slice(at - length + 1, at + 1)).size >= 3) return true;
    }
  }
  return false;
}

/** Who asks a room to answer in chorus gets to five or six. */
const REPETITIONS = 8;
/** Whisper's 448 tokens a window hold eight of these. What comes back more slowly is heard: announcements while one waits. */
const LONGEST_PHRASE = 30;

/**
 * What deflate makes of it, as Whisper judges itself: a piece above 2.4 counts as failed there, but that catches roll
 * calls. Counting and voting reach 5; loops of a sentence 13, of one word or in Chinese more than 20.
 */
function isDense(text: string): boolean {
  for (let from = 0; from < text.length; from += WINDOW_CHARACTERS / 2) {
    const piece = Buffer.from(text.slice(from, from + WINDOW_CHARACTERS));
    if (piece.length < LEAST_BYTES) break;
    if (piece.length / deflateRawSync(piece).length > MOST_DENSITY) return true;
  }
  return false;
}

const MOST_DENSITY = 10;
/** A loop fills a window of 30 s; half steps see it whole wherever it begins. */
const WINDOW_CHARACTERS = 500;
/** Below, deflate's own overhead and a burst of laughter decide. */
const LEAST_BYTES = 400;
