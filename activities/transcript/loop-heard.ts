import { inserted, isMostlyWithin, spanOf, type Piece } from './chunk-pieces.ts';
import { voiceWithin, type Span } from './wordless-voice.ts';

/**
 * With what was heard in the pieces of a loop over a voice. A text of the loop goes where most of its voice was heard as
 * something else; elsewhere it stays, marked. What was heard as a loop again is left out.
 *
 * @param stretches the second answers to the pieces of one loop, in order
 */
export function withLoopHeard(
  pieces: readonly Piece[],
  stretches: readonly (Span & { readonly pieces: readonly Piece[] })[],
  voice: readonly Span[],
): readonly Piece[] {
  const kept = pieces.filter((piece) => !piece.mayBeInvented);
  const good = stretches
    .map((stretch) => ({
      ...stretch,
      pieces: stretch.pieces
        // Whisper ends the last segment of a short audio seconds late.
        .map((piece) => ({ ...piece, end: Math.min(piece.end ?? stretch.end, stretch.end) }))
        .filter((piece) => !kept.some((other) => isMostlyWithin(spanOf(piece), spanOf(other)))),
    }))
    .filter(({ pieces: heard }) => heard.length > 0 && !heard.some((one) => one.mayBeInvented));
  const isHeard = (piece: Piece): boolean =>
    piece.mayBeInvented && 2 * voiceWithin(good, spanOf(piece)) > voiceWithin(voice, spanOf(piece));
  return good.reduce<readonly Piece[]>(
    (all, stretch) => inserted(all, stretch.pieces, stretch.start),
    pieces.filter((piece) => !isHeard(piece)),
  );
}
