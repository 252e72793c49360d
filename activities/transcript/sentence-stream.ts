import { foldWhitespace, segmenterFor, splitText } from './text.ts';

export interface Sentence {
  /** A verbatim stretch of the joined segment texts, white space folded. */
  readonly text: string;
  /** The segments that it touches, in order. */
  readonly segmentIds: readonly string[];
}

/** Bounds of a citation in a summary draft. */
const MOST_CHARACTERS = 600;
const MOST_SEGMENTS = 20;

/** Above this, a sentence is taken for several without punctuation: borders of segments cut it. */
const RUN_ON_CHARACTERS = 300;

/** Characters a full stop, from which on a whole transcript is taken for one without punctuation. */
const UNPUNCTUATED_CHARACTERS = { spaced: 300, unspaced: 100 } as const;

/**
 * The sentences of a transcript whose segments may begin and end in the middle of one. Together they hold every
 * segment's words, in order.
 */
export function sentencesOf(
  segments: readonly { readonly id: string; readonly text: string }[],
  language: string | null,
): Sentence[] {
  const placed: PlacedSegment[] = [];
  let stream = '';
  for (const { id, text } of segments) {
    const words = foldWhitespace(text);
    if (words === '') continue;
    const from = stream === '' ? 0 : stream.length + 1;
    stream += (stream === '' ? '' : ' ') + words;
    placed.push({ id, from, to: stream.length });
  }

  const sentences: Sentence[] = [];
  let first = 0;
  const spans = isPunctuated(stream)
    ? borders(stream, placed, language)
    : bySegment(stream, placed);
  for (const { from, to } of spans) {
    const text = stream.slice(from, to).trim();
    if (text === '') continue;
    while ((placed[first]?.to ?? Infinity) <= from) first += 1;
    const segmentIds: string[] = [];
    for (let at = first; (placed[at]?.from ?? Infinity) < to; at += 1) {
      segmentIds.push(placed[at]?.id ?? '');
    }
    sentences.push({ text, segmentIds });
  }
  return sentences;
}

interface PlacedSegment extends Span {
  readonly id: string;
}
interface Span {
  readonly from: number;
  readonly to: number;
}

function* borders(
  stream: string,
  placed: readonly PlacedSegment[],
  language: string | null,
): Iterable<Span> {
  let next = 0;
  for (const { segment, index } of segmenterFor('sentence', language).segment(stream)) {
    const [from, to] = [index, index + segment.length];
    const inside: number[] = [];
    for (; (placed[next]?.to ?? Infinity) <= to; next += 1) inside.push(placed[next]?.to ?? to);
    const parts =
      segment.length > RUN_ON_CHARACTERS || inside.length >= MOST_SEGMENTS
        ? cutAt([...inside, to], from)
        : [{ from, to }];
    for (const part of parts) yield* cutLong(stream, part);
  }
}

/** A recogniser that writes no full stops ends its segments where people paused. */
function* bySegment(stream: string, placed: readonly PlacedSegment[]): Iterable<Span> {
  for (const span of placed) yield* cutLong(stream, span);
}

function isPunctuated(stream: string): boolean {
  const stops = stream.match(/[.!?…。！？؟।]/gu)?.length ?? 0;
  const { spaced, unspaced } = UNPUNCTUATED_CHARACTERS;
  return (
    (stops + 1) * (/[\p{sc=Han}\p{sc=Thai}]/u.test(stream) ? unspaced : spaced) > stream.length &&
    stops > 0
  );
}

/** As few cuts as keep each part under both bounds; a part may still be too long where one segment is. */
function cutAt(ends: readonly number[], start: number): Span[] {
  const parts: Span[] = [];
  let from = start;
  let to = start;
  let count = 0;
  for (const end of ends) {
    if (to > from && (end - from > RUN_ON_CHARACTERS || count >= MOST_SEGMENTS - 1)) {
      parts.push({ from, to });
      from = to;
      count = 0;
    }
    to = end;
    count += 1;
  }
  return to > from ? [...parts, { from, to }] : parts;
}

function* cutLong(stream: string, { from, to }: Span): Iterable<Span> {
  let at = from;
  for (const part of splitText(stream.slice(from, to), MOST_CHARACTERS, ({ length }) => length)) {
    yield { from: at, to: at + part.length };
    at += part.length;
  }
}
