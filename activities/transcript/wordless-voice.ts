/** Seconds of a chunk, from its start. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a voice speaks for about five seconds and no words stand: from the first of that voice to its last, in order and
 * not touching. `voice` is in order; `worded` is when the words were said.
 */
export function wordlessVoice(voice: readonly Span[], worded: readonly Span[]): Span[] {
  const stretches: Span[] = [];
  let from = 0;
  const close = (to: number): void => {
    const left = voice.flatMap((span) => leftOf(span, from, to));
    const [first, last] = [left[0], left.at(-1)];
    const spoken = left.reduce((sum, { start, end }) => sum + end - start, 0);
    if (first && last && spoken >= SPEECH_WITHOUT_WORDS_SECONDS)
      stretches.push({ start: first.start, end: last.end });
  };
  for (const { start, end } of worded.toSorted((a, b) => a.start - b.start)) {
    if (start > from) close(start);
    from = Math.max(from, end);
  }
  close(Infinity);
  return stretches;
}

/** What is left of a voice between the words before and after it; nothing if that can be the edge of those words. */
function leftOf(voice: Span, from: number, to: number): readonly Span[] {
  const left = { start: Math.max(voice.start, from), end: Math.min(voice.end, to) };
  const length = left.end - left.start;
  const isEdge = length < voice.end - voice.start && length < EDGE_SECONDS;
  return length > 0 && !isEdge ? [left] : [];
}

/** The detector takes a cough or a bar of music for a second or two of speech; five seconds of speech have words. */
export const SPEECH_WITHOUT_WORDS_SECONDS = 5;

/** Whisper begins a segment late and ends it early by up to a second, and the spans of voice are wider by 0.1 s. */
export const EDGE_SECONDS = 1.5;

/** For how many seconds of a span somebody speaks. */
export const voiceWithin = (voice: readonly Span[], { start, end }: Span): number =>
  voice.reduce(
    (sum, span) => sum + Math.max(0, Math.min(span.end, end) - Math.max(span.start, start)),
    0,
  );
