import type { Piece } from './chunk-pieces.ts';
import { shortestSpoken } from './spoken-seconds.ts';
import { EDGE_SECONDS, voiceWithin, type Span } from './wordless-voice.ts';

type Timed = Pick<Piece, 'start' | 'end' | 'text' | 'isTimeEstimated' | 'mayBeInvented'>;

/**
 * The pieces, none of which begins in the pause before its voice: Whisper lets a sentence begin anywhere in it, often at a
 * whole second. Such a piece begins with the next voice, a margin before it, and keeps the order of starts. A piece stays as
 * it is where its words may be outside of that voice: its time is estimated, it may be invented, its voice is too short for
 * its words, or the pause is one in which somebody may speak too softly for the detector.
 *
 * @param voice of the chunk, in order and not touching
 */
export function beginningWithVoice<T extends Timed>(
  pieces: readonly T[],
  voice: readonly Span[],
): readonly T[] {
  let following = Infinity;
  return pieces
    .toReversed()
    .map((piece) => {
      if (piece.start === null) return piece;
      const start = Math.max(piece.start, Math.min(startWithVoice(piece, voice), following));
      following = Math.min(following, start);
      return start === piece.start ? piece : { ...piece, start };
    })
    .toReversed();
}

function startWithVoice(piece: Timed, voice: readonly Span[]): number {
  const { start, end, text, isTimeEstimated, mayBeInvented } = piece;
  if (start === null || end === null || isTimeEstimated || mayBeInvented) return -Infinity;
  const at = voice.findIndex((span) => span.end > start + MARGIN_SECONDS);
  const [before, own] = [voice[at - 1], voice[at]];
  if (own === undefined || own.start <= start) return -Infinity;
  const isSilence =
    before === undefined
      ? own.start - start < EDGE_SECONDS
      : own.start - before.end < LONGEST_PAUSE_SECONDS;
  const spoken = voiceWithin(voice, { start: own.start, end });
  return isSilence && spoken >= Math.max(shortestSpoken(text), MARGIN_SECONDS)
    ? own.start - MARGIN_SECONDS
    : -Infinity;
}

/** For a soft beginning of a word; and the last sound of the words before, whose end Whisper sets some tenths too early. */
const MARGIN_SECONDS = 0.2;

/**
 * A longer pause is in a chunk only because something soft is heard in it, and so may be more than a second and a half
 * before the first voice. Measured in two meetings with distant microphones, people speak for half of the time before a first
 * voice, and for a fifth at most of the pauses of 1.5 s to 5 s between voices.
 */
const LONGEST_PAUSE_SECONDS = 5;
