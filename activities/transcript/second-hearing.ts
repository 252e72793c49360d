import { inserted, spanOf, type Piece } from './chunk-pieces.ts';
import { longestSpoken } from './spoken-seconds.ts';
import type { Span } from './wordless-voice.ts';

/**
 * What stands after the mistrusted pieces of a chunk were heard again, each between pauses and in any language. A piece
 * that was heard again in the same language stays as it was: with what is said around it, it is heard better. Another
 * language takes its place, and so do more words for a time that it could not fill. What nobody could confirm is marked.
 *
 * @param heard what was answered about the stretches of mistrusted pieces, in order and with times
 */
export function withSecondHearing(
  pieces: readonly Piece[],
  heard: readonly Piece[],
): readonly Piece[] {
  const mistrusted = pieces.filter((piece) => piece.isMistrusted);
  const ownerOf = new Map(heard.map((one) => [one, mostOverlapping(one, mistrusted)]));
  const againOf = (piece: Piece) => heard.filter((one) => ownerOf.get(one) === piece);
  const taken = mistrusted.filter((piece) => isReplaced(piece, againOf(piece))).flatMap(againOf);
  const settled = pieces.flatMap((piece) => {
    if (!piece.isMistrusted) return [piece];
    const again = againOf(piece);
    if (again.some((one) => taken.includes(one))) return again.map(marked);
    // Its words are in what was heard of its neighbours.
    return again.length === 0 && isCovered(piece, taken) ? [] : [kept(piece, again)];
  });
  return heard
    .filter((one) => ownerOf.get(one) === null && !one.mayBeInvented)
    .reduce<readonly Piece[]>((all, one) => inserted(all, [marked(one)], one.start ?? 0), settled);
}

function isReplaced(piece: Piece, again: readonly Piece[]): boolean {
  if (again.length === 0 || again.some((one) => one.mayBeInvented)) return false;
  const before = longestSpoken(piece.text);
  const now = longestSpoken(again.map(({ text }) => text).join(' '));
  return (
    (piece.isStretched && now > before) ||
    (again.some((one) => isOther(one, piece)) && now >= LEAST_SHARE * before)
  );
}

/** Marked unless what was heard again says that it is in the right language. */
function kept(piece: Piece, again: readonly Piece[]): Piece {
  const isUsable = again.length > 0 && !again.some((one) => one.mayBeInvented);
  const isConfirmed = isUsable && again.some(({ language }) => language === piece.language);
  const isContradicted = isUsable && again.some((one) => isOther(one, piece));
  return { ...piece, mayBeInvented: isContradicted || (piece.isUnsure && !isConfirmed) };
}

const isOther = (one: Piece, other: Piece): boolean =>
  one.language !== null && other.language !== null && one.language !== other.language;

const isCovered = (piece: Piece, taken: readonly Piece[]): boolean => {
  const { start, end } = spanOf(piece);
  const seconds = taken.reduce(
    (sum, one) => sum + Math.max(0, overlap(spanOf(one), { start, end })),
    0,
  );
  return seconds * 2 > end - start;
};

/** Of two languages one needs more letters; a second answer with less than this has left something out. */
const LEAST_SHARE = 0.5;

/** What is heard alone and still not sure may be in the wrong language after all. */
const marked = (piece: Piece): Piece => ({ ...piece, mayBeInvented: piece.isUnsure });

function mostOverlapping(one: Piece, pieces: readonly Piece[]): Piece | null {
  const [most] = pieces
    .map((piece) => ({ piece, seconds: overlap(spanOf(one), spanOf(piece)) }))
    .filter(({ seconds }) => seconds > 0)
    .toSorted((a, b) => b.seconds - a.seconds);
  return most?.piece ?? null;
}

const overlap = (one: Span, other: Span): number =>
  Math.min(one.end, other.end) - Math.max(one.start, other.start);
