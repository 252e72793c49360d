import { EDGE_SECONDS, type Span } from './wordless-voice.ts';

/**
 * The voice in a span as stretches of about five seconds, cut at pauses and where a sentence begins: there a language
 * changes. In order. One of less than four seconds is too short for a transcriber to tell its language, and is joined to the
 * shorter of its neighbours; without a pause one is as long as the voice.
 *
 * @param voice of the chunk, in order
 * @param cuts where sentences begin, as `cutsAt` gives them
 */
export function betweenPauses(
  span: Span,
  voice: readonly Span[],
  cuts: readonly number[],
): readonly Span[] {
  const stretches = voice.flatMap((one) => partsOf(one, span, cuts));
  while (stretches.length > 1) {
    const at = shortestOf(stretches);
    const [short, before, after] = [stretches[at], stretches[at - 1], stretches[at + 1]];
    if (short === undefined || lengthOf(short) >= LEAST_SECONDS) break;
    const isBefore =
      before !== undefined && (after === undefined || lengthOf(before) <= lengthOf(after));
    const joined = {
      start: (isBefore ? before : short).start,
      end: (isBefore ? short : (after ?? short)).end,
    };
    stretches.splice(isBefore ? at - 1 : at, 2, joined);
  }
  return stretches;
}

/**
 * Where sentences begin, in order. What begins within half a second of another is no sentence: an answer may have
 * thousands of segments, and each cut is work.
 */
export function cutsAt(beginnings: readonly number[]): readonly number[] {
  const cuts: number[] = [];
  for (const at of beginnings.toSorted((a, b) => a - b)) {
    if (at - (cuts.at(-1) ?? -Infinity) >= LEAST_SENTENCE_SECONDS) cuts.push(at);
  }
  return cuts;
}

const lengthOf = ({ start, end }: Span): number => end - start;

/** Where the first of the shortest is. */
const shortestOf = (spans: readonly Span[]): number => {
  const lengths = spans.map(lengthOf);
  return lengths.indexOf(lengths.reduce((least, one) => Math.min(least, one), Infinity));
};

/** A voice within a span, cut where sentences begin in the midst of it. What sticks out a little belongs to it. */
function partsOf(voice: Span, span: Span, beginnings: readonly number[]): readonly Span[] {
  const start = span.start - voice.start < EDGE_SECONDS ? voice.start : span.start;
  const end = voice.end - span.end < EDGE_SECONDS ? voice.end : span.end;
  if (Math.min(voice.end, span.end) <= Math.max(voice.start, span.start)) return [];
  const cuts = beginnings.filter((at) => at - start >= EDGE_SECONDS && end - at >= EDGE_SECONDS);
  return [start, ...cuts].map((from, index) => ({ start: from, end: cuts[index] ?? end }));
}

/** Of voice: a transcriber tells no language from less. */
export const LEAST_SECONDS = 4;
const LEAST_SENTENCE_SECONDS = 0.5;
