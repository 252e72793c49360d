import { EDGE_SECONDS, type Span } from './wordless-voice.ts';

/**
 * The voice in a span as stretches of about five seconds, cut at pauses and where a sentence begins: there a language
 * changes. In order. One of less than four seconds is too short for a transcriber to tell its language, and is joined to the
 * shorter of its neighbours; without a pause one is as long as the voice.
 *
 * @param voice of the chunk, in order
 * @param beginnings of sentences, in order
 */
export function betweenPauses(
  span: Span,
  voice: readonly Span[],
  beginnings: readonly number[],
): readonly Span[] {
  let stretches = voice.flatMap((one) => partsOf(one, span, beginnings));
  for (;;) {
    const [short] = indexesByLength(stretches);
    if (
      short === undefined ||
      stretches.length === 1 ||
      lengthAt(stretches, short) >= LEAST_SECONDS
    )
      return stretches;
    const [neighbour = short] = indexesByLength(stretches).filter(
      (index) => Math.abs(index - short) === 1,
    );
    const from = Math.min(short, neighbour);
    const joined = stretches.slice(from, from + 2);
    stretches = [
      ...stretches.slice(0, from),
      { start: joined[0]?.start ?? 0, end: joined.at(-1)?.end ?? 0 },
      ...stretches.slice(from + 2),
    ];
  }
}

const lengthAt = (spans: readonly Span[], index: number): number =>
  (spans[index]?.end ?? 0) - (spans[index]?.start ?? 0);

const indexesByLength = (spans: readonly Span[]): readonly number[] =>
  [...spans.keys()].toSorted((a, b) => lengthAt(spans, a) - lengthAt(spans, b));

/** A voice within a span, cut where sentences begin in the midst of it. What sticks out a little belongs to it. */
function partsOf(voice: Span, span: Span, beginnings: readonly number[]): readonly Span[] {
  const start = span.start - voice.start < EDGE_SECONDS ? voice.start : span.start;
  const end = voice.end - span.end < EDGE_SECONDS ? voice.end : span.end;
  if (Math.min(voice.end, span.end) <= Math.max(voice.start, span.start)) return [];
  const cuts = beginnings.filter((at) => at - start >= EDGE_SECONDS && end - at >= EDGE_SECONDS);
  return [start, ...cuts].map((from, index) => ({ start: from, end: cuts[index] ?? end }));
}

const LEAST_SECONDS = 4;
