import { isOtherAlphabet } from './alphabets.ts';
import { areMostlySame, inserted, isMostlyWithin, spanOf, type Piece } from './chunk-pieces.ts';
import { longestSpoken } from './spoken-seconds.ts';
import { SPEECH_WITHOUT_WORDS_SECONDS, type Span } from './wordless-voice.ts';

/**
 * What stands after the mistrusted pieces of a chunk were heard again, each between pauses and in any language. A piece
 * that was heard again in the same language stays as it was: with what is said around it, it is heard better. Another
 * language takes its place, and so do more words for a time that it could not fill, or that reach over voice without words.
 * What nobody could confirm is marked. What belongs to no piece stands beside them.
 *
 * @param heard what was answered about the stretches of mistrusted pieces, in order and with times
 */
export function withSecondHearing(
  pieces: readonly Piece[],
  heard: readonly Piece[],
): readonly Piece[] {
  const mistrusted = pieces.filter((piece) => piece.isMistrusted);
  const places = mistrusted.map((piece) => ({ piece, span: spanOf(piece) }));
  const byOwner = Map.groupBy(heard, (one) => ownerAmong(one, places));
  const unheard = mistrusted.filter((piece) => !byOwner.has(piece));
  const againOf = (piece: Piece): readonly Piece[] => byOwner.get(piece) ?? [];
  const replaced = new Set(
    mistrusted.filter((piece) => isReplaced(piece, againOf(piece), { pieces, unheard })),
  );
  const taken = [...replaced].flatMap(againOf);
  const settled = pieces.flatMap((piece) => {
    if (!piece.isMistrusted) return [piece];
    const again = againOf(piece);
    if (replaced.has(piece)) return again.map(marked);
    // Its words are in what was heard of its neighbours.
    return again.length === 0 && isCovered(piece, taken) ? [] : [kept(piece, again)];
  });
  return (byOwner.get(null) ?? [])
    .filter((one) => !one.mayBeInvented)
    .reduce<readonly Piece[]>((all, one) => inserted(all, [marked(one)], one.start ?? 0), settled);
}

/**
 * The same where only the language was in doubt, in stretches that may begin or end in the midst of other text: what was
 * heard of that stands already.
 */
export function withLanguagesHeard(
  pieces: readonly Piece[],
  heard: readonly (Span & { readonly pieces: readonly Piece[] })[],
): readonly Piece[] {
  if (heard.length === 0) return pieces;
  const asked = pieces.map((piece) => ({
    ...piece,
    isMistrusted:
      piece.again === undefined && heard.some((second) => areMostlySame(spanOf(piece), second)),
  }));
  const others = asked.filter((piece) => !piece.isMistrusted);
  return withSecondHearing(
    asked,
    heard
      .flatMap((second) => second.pieces)
      .filter((one) => !others.some((other) => isMostlyWithin(spanOf(one), spanOf(other)))),
  );
}

function isReplaced(
  piece: Piece,
  again: readonly Piece[],
  { pieces, unheard }: { readonly pieces: readonly Piece[]; readonly unheard: readonly Piece[] },
): boolean {
  if (again.length === 0 || again.some((one) => one.mayBeInvented)) return false;
  // Those would be dropped with it.
  const covered = unheard.filter((one) => isCovered(one, again));
  const before = longestSpoken(textOf([piece, ...covered]));
  const now = longestSpoken(textOf(again));
  const isMore =
    now > before &&
    (piece.isStretched || secondsBeside(again, pieces) >= SPEECH_WITHOUT_WORDS_SECONDS);
  const isOtherLanguage = [piece, ...covered].some((said) =>
    again.some((one) => isOther(one, said)),
  );
  return isMore || (isOtherLanguage && now >= LEAST_SHARE * before);
}

const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join(' ');

/** For how long these reach over times at which none of the others stands. */
const secondsBeside = (again: readonly Piece[], pieces: readonly Piece[]): number =>
  again.reduce((sum, one) => {
    const span = spanOf(one);
    return sum + span.end - span.start - secondsWithin(span, pieces);
  }, 0);

/** Marked unless what was heard again says that it is in the right language. */
function kept(piece: Piece, again: readonly Piece[]): Piece {
  const isUsable = again.length > 0 && !again.some((one) => one.mayBeInvented);
  const isConfirmed = isUsable && again.some(({ language }) => language === piece.language);
  const isContradicted = isUsable && again.some((one) => isOther(one, piece));
  return { ...piece, mayBeInvented: isContradicted || (piece.isUnsure && !isConfirmed) };
}

/** The language of an answer is not that of each of its sentences: one in the letters of another is in another. */
const isOther = (one: Piece, other: Piece): boolean =>
  (one.language !== null && other.language !== null && one.language !== other.language) ||
  isOtherAlphabet(one.text, other.text);

const isCovered = (piece: Piece, taken: readonly Piece[]): boolean => {
  const span = spanOf(piece);
  return secondsWithin(span, taken) * 2 > span.end - span.start;
};

const secondsWithin = (span: Span, pieces: readonly Piece[]): number =>
  pieces.reduce((sum, one) => sum + Math.max(0, overlap(spanOf(one), span)), 0);

/** Of two languages one needs more letters; a second answer with less than this has left something out. */
const LEAST_SHARE = 0.5;

/** What is heard alone and still not sure may be in the wrong language after all. */
const marked = (piece: Piece): Piece => ({ ...piece, mayBeInvented: piece.isUnsure });

/** The piece whose words it says again: Whisper ends a segment late, so that to touch is not enough. */
function ownerAmong(
  one: Piece,
  places: readonly { readonly piece: Piece; readonly span: Span }[],
): Piece | null {
  const span = spanOf(one);
  let [owner, most]: [Piece | null, number] = [null, 0];
  for (const { piece, span: other } of places) {
    const seconds = overlap(span, other);
    if (seconds > most && areMostlySame(span, other)) [owner, most] = [piece, seconds];
  }
  return owner;
}

const overlap = (one: Span, other: Span): number =>
  Math.min(one.end, other.end) - Math.max(one.start, other.start);
