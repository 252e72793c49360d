import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import { foldForComparison, isUnspaced } from '../transcript/text.ts';

interface FoundQuote {
  /** The words of the transcript, folded. */
  readonly quote: string;
  /** The fewest segments that contain them, in order. */
  readonly segments: readonly Segment[];
}

export type FindQuote = (quote: string, claimedIds: readonly string[]) => FoundQuote | null;

/**
 * Looks for quotes in consecutive segments of a transcript: first literally, then without case and punctuation, which
 * models tidy up. It returns the transcript's own words. Of several places it takes the nearest to the claimed
 * segments. A short quote counts only in a claimed segment, because "yes" occurs everywhere.
 */
export function createFindQuote({ segments }: Transcript): FindQuote {
  const pieces = segments
    .map((segment) => ({ segment, text: foldForComparison(segment.text) }))
    .filter(({ text }) => text !== '');
  let length = 0;
  const placed = pieces.map(({ segment, text }) => {
    const place = { segment, from: length, to: length + text.length };
    length = place.to + 1;
    return place;
  });
  const whole = pieces.map(({ text }) => text).join(' ');
  const loose = toLoose(whole);
  const orderOf = new Map(placed.map(({ segment }, order) => [segment.id, order]));

  return (rawQuote, claimedIds) => {
    const quote = foldForComparison(rawQuote);
    if (!/[\p{L}\p{N}]/u.test(quote)) return null;
    const claimed = claimedIds.flatMap((id) => orderOf.get(id) ?? []);
    const looseQuote = toLoose(quote).text.trim();
    // Search from the claimed segments first: the words may occur more than MOST_PLACES times before them.
    const near = placesOf(quote, whole, placed[Math.min(...claimed)]?.from);
    const exact = [...near, ...placesOf(quote, whole)];
    const places =
      exact.length > 0
        ? exact
        : placesOf(looseQuote, loose.text).map(({ from, to }) => ({
            from: loose.offsets[from] ?? 0,
            to: (loose.offsets[to - 1] ?? 0) + 1,
          }));

    const candidates = places.map(({ from, to }) => {
      const first = indexAt(placed, from);
      const last = indexAt(placed, to - 1);
      // In pieces; 0 if a claimed piece lies between first and last.
      const distances = claimed.map((order) => Math.max(0, first - order, order - last));
      return { from, to, first, last, distance: Math.min(Number.MAX_SAFE_INTEGER, ...distances) };
    });
    const [nearest] = candidates.sort(
      (a, b) => a.distance - b.distance || a.last - a.first - (b.last - b.first),
    );
    if (nearest === undefined) return null;
    if (nearest.distance > 0 && isShort(quote)) return null;
    return {
      quote: whole.slice(nearest.from, nearest.to).trim(),
      segments: placed.slice(nearest.first, nearest.last + 1).map(({ segment }) => segment),
    };
  };
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/** A quote with more places than this cannot be located. */
const MOST_PLACES = 1000;

function placesOf(words: string, text: string, start = 0): Place[] {
  const places: Place[] = [];
  if (words === '') return places;
  for (
    let from = text.indexOf(words, start);
    from !== -1 && places.length < MOST_PLACES;
    from = text.indexOf(words, from + 1)
  ) {
    places.push({ from, to: from + words.length });
  }
  return places;
}

/** Letters and digits in lower case with single spaces between words, and the offset where each came from. */
function toLoose(text: string): { readonly text: string; readonly offsets: readonly number[] } {
  let loose = '';
  const offsets: number[] = [];
  for (const { 0: run, index } of text.matchAll(/[\p{L}\p{N}\p{M}]|[^\p{L}\p{N}\p{M}]+/gu)) {
    // Ignore apostrophes: "don't" equals "dont".
    if (/^['’]$/u.test(run)) continue;
    const added = /^[\p{L}\p{N}\p{M}]/u.test(run) ? run.toLowerCase() : ' ';
    loose += added;
    for (let unit = 0; unit < added.length; unit += 1) {
      offsets.push(index + Math.min(unit, run.length - 1));
    }
  }
  return { text: loose, offsets };
}

/** The last piece that begins at or before an offset. Bisects: a common word has a thousand places to look up. */
function indexAt(placed: readonly { readonly from: number }[], offset: number): number {
  let [low, high] = [0, placed.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((placed[middle]?.from ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Fewer than three words, or than six characters in scripts without spaces. */
const isShort = (quote: string): boolean =>
  isUnspaced(quote) ? quote.length < 6 : quote.split(' ').length < 3;
