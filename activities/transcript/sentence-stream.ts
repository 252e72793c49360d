import { foldWhitespace, segmenterFor, splitText } from './text.ts';

export interface Sentence {
  /** A verbatim part of the joined segment texts, with folded white space. */
  readonly text: string;
  /** The segments that it overlaps, in order. */
  readonly segmentIds: readonly string[];
}

/** Limits of a citation in a summary draft. */
const MOST_CHARACTERS = 600;
const MOST_SEGMENTS = 20;

/** A longer sentence is probably several without punctuation: it is cut where segments end. */
const RUN_ON_CHARACTERS = 300;

/** Characters per full stop, above which a transcript counts as unpunctuated. */
const UNPUNCTUATED_CHARACTERS = { spaced: 300, unspaced: 100 } as const;

export interface Spoken {
  readonly id: string;
  readonly text: string;
  /** ISO 639-1; null or absent: not known, the segment goes with the ones before it. */
  readonly language?: string | null;
  /** Null or absent: not known, the segment goes with the ones around it. */
  readonly speaker?: string | null;
}

/**
 * The sentences of a transcript, whose segments may begin and end in the middle of a sentence, but not in another
 * language nor with another speaker. Together they hold all words in order.
 *
 * @param language ISO 639-1 of the segments that do not say theirs
 */
export function sentencesOf(segments: readonly Spoken[], language: string | null): Sentence[] {
  const runs: { language: string | null; segments: Spoken[] }[] = [];
  for (const segment of segments) {
    const run = runs.at(-1);
    const spoken = segment.language ?? run?.language ?? language;
    if (run !== undefined && spoken === run.language) run.segments.push(segment);
    else runs.push({ language: spoken, segments: [segment] });
  }
  return runs.flatMap((run) => {
    // One turn may be too short to tell: somebody may say a single sentence without a full stop.
    const punctuated = isPunctuated(run.segments.map(({ text }) => foldWhitespace(text)).join(' '));
    return turnsOf(run.segments).flatMap((turn) => sentencesIn(turn, run.language, punctuated));
  });
}

function turnsOf(segments: readonly Spoken[]): Spoken[][] {
  const turns: Spoken[][] = [];
  let speaking: string | null = null;
  for (const segment of segments) {
    const speaker: string | null = segment.speaker ?? speaking;
    const turn = turns.at(-1);
    if (turn !== undefined && (speaking === null || speaker === speaking)) turn.push(segment);
    else turns.push([segment]);
    speaking = speaker;
  }
  return turns;
}

function sentencesIn(
  segments: readonly Spoken[],
  language: string | null,
  punctuated: boolean,
): Sentence[] {
  const placed: (Span & { readonly id: string })[] = [];
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
  // A recogniser that writes no full stops ends its segments where people paused.
  const spans = punctuated ? sentenceSpans(stream, placed, language) : placed;
  for (const { from, to } of spans.flatMap((span) => cutLong(stream, span))) {
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

interface Span {
  readonly from: number;
  readonly to: number;
}

function sentenceSpans(stream: string, segments: readonly Span[], language: string | null): Span[] {
  let next = 0;
  const sentences: Span[] = [];
  for (const { segment, index } of segmenterFor('sentence', language).segment(stream)) {
    const last = sentences.at(-1);
    const isOpen = last !== undefined && TITLE_AT_END.test(stream.slice(last.from, last.to));
    const from = isOpen ? (sentences.pop()?.from ?? index) : index;
    sentences.push({ from, to: index + segment.length });
  }
  return sentences.flatMap(({ from, to }) => {
    const ends: number[] = [];
    for (; (segments[next]?.to ?? Infinity) <= to; next += 1) ends.push(segments[next]?.to ?? to);
    return to - from > RUN_ON_CHARACTERS || ends.length >= MOST_SEGMENTS
      ? cutAt([...ends, to], from)
      : [{ from, to }];
  });
}

/** The full stop of a title does not end a sentence: "Mr. Okafor". */
const TITLE_AT_END = /(?:^|[\s"“'(])(?:Mr|Mrs|Ms|Dr|Prof|Hr|Fr|Mme|Sra?)\.\s*$/u;

function isPunctuated(stream: string): boolean {
  const stops = stream.match(/[.!?…。！？؟।]/gu)?.length ?? 0;
  const { spaced, unspaced } = UNPUNCTUATED_CHARACTERS;
  const perStop = /[\p{sc=Han}\p{sc=Thai}]/u.test(stream) ? unspaced : spaced;
  return stops > 0 && (stops + 1) * perStop > stream.length;
}

/** Makes as few cuts as keep each part within both limits. A part is longer only if one segment is. */
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

function cutLong(stream: string, { from, to }: Span): Span[] {
  let end = from;
  return splitText(stream.slice(from, to), MOST_CHARACTERS, ({ length }) => length).map((part) => {
    const start = end;
    end += part.length;
    return { from: start, to: end };
  });
}
