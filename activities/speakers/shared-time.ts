import type { Segment } from '../../workflows/contracts/transcript.ts';

/** Null: nobody was told apart there. */
type Speaker = string | null;

/** Seconds that each speaker of one transcript (the outer key) shares with each speaker of another one. */
export type SharedTime = ReadonlyMap<Speaker, ReadonlyMap<Speaker, number>>;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly speaker: Speaker;
}

/**
 * How long the speakers of two transcripts of the same recording are heard at the same time. A segment that is in both,
 * with its times and its words, is shared with nothing else: several people may speak at once. Segments without times
 * share nothing.
 */
export function sharedTime(ours: readonly Segment[], theirs: readonly Segment[]): SharedTime {
  const shared = new Map<Speaker, Map<Speaker, number>>();
  const add = (our: Speaker, their: Speaker, seconds: number): void => {
    const row = shared.get(our) ?? new Map<Speaker, number>();
    shared.set(our, row.set(their, (row.get(their) ?? 0) + seconds));
  };
  const [ourTwins, theirTwins] = [byPlace(ours), byPlace(theirs)];
  for (const [place, twins] of ourTwins) {
    for (const our of twins) {
      for (const their of theirTwins.get(place) ?? []) {
        add(our.speaker, their.speaker, Math.max(SHORTEST_SECONDS, our.end - our.start));
      }
    }
  }
  const others = (own: Places, other: Places): Span[] =>
    [...own].flatMap(([place, spans]) => (other.has(place) ? [] : spans));
  overlap(others(ourTwins, theirTwins), others(theirTwins, ourTwins), add);
  return shared;
}

/** An engine may give a word no length. */
const SHORTEST_SECONDS = 0.001;

type Places = ReadonlyMap<string, readonly Span[]>;

/** Segments by their times and their words. */
function byPlace(segments: readonly Segment[]): Places {
  const places = new Map<string, Span[]>();
  for (const { start, end, speaker, text } of segments) {
    if (start === null || end === null) continue;
    const place = `${start} ${end} ${text}`;
    const spans = places.get(place) ?? [];
    spans.push({ start, end, speaker });
    places.set(place, spans);
  }
  return places;
}

/** Adds up the seconds of every pair of spans that overlap, in one pass over both. */
function overlap(
  ours: readonly Span[],
  theirs: readonly Span[],
  add: (our: Speaker, their: Speaker, seconds: number) => void,
): void {
  const inOrder = [
    ...ours.map((span) => ({ span, isOurs: true })),
    ...theirs.map((span) => ({ span, isOurs: false })),
  ].toSorted((a, b) => a.span.start - b.span.start);
  let open: typeof inOrder = [];
  for (const next of inOrder) {
    open = open.filter(({ span }) => span.end > next.span.start);
    for (const { span, isOurs } of open) {
      if (isOurs === next.isOurs) continue;
      const seconds = Math.min(span.end, next.span.end) - next.span.start;
      if (isOurs) add(span.speaker, next.span.speaker, seconds);
      else add(next.span.speaker, span.speaker, seconds);
    }
    open.push(next);
  }
}
