import type { PlannedChunk, Samples } from '../../workflows/contracts/chunk-plan.ts';
import { betweenPauses, cutsAt, LEAST_SECONDS } from './between-pauses.ts';
import { areMostlySame, type Piece } from './chunk-pieces.ts';
import { asked, inSeconds, voiceOf } from './doubts-of.ts';
import { voiceWithin, type Span } from './wordless-voice.ts';

type HeardPiece = Pick<Piece, 'start' | 'end' | 'text' | 'language' | 'isTimeEstimated' | 'again'>;

/** A chunk as it stands after everything that was answered about it. */
export interface HeardChunk {
  readonly chunk: PlannedChunk;
  readonly pieces: readonly HeardPiece[];
  /** The stretches of it in which nothing is in doubt any more: they were asked again, or will not be. */
  readonly again: readonly Samples[];
}

/**
 * The stretches whose words may be in the wrong language although each answer is calm: text that is like no language, as
 * where Whisper writes one in the letters of another; and what stands at either side of a change of language, in a
 * chunk or between two, until it is heard again in the same language. Without times, and where it was heard alone, text
 * is not in doubt. One list a chunk, each in order.
 *
 * @param chunks that follow one another in the recording; null: nobody answered
 * @param likeness how much a text is like a language, from 0 to 1; null: not known
 * @param round how often a change of language may have moved: each time twice as much beside it is in doubt
 */
export function languagesInDoubt(
  chunks: readonly (HeardChunk | null)[],
  likeness: (text: string) => number | null,
  round = 0,
): readonly (readonly Samples[])[] {
  const seconds = LEAST_SECONDS * 2 ** round;
  const doubted = chunks.map((heard) => (heard === null ? [] : unlikeRuns(heard, likeness)));
  for (const [before, after] of changesIn(chunks)) {
    doubted[before.chunk]?.push(...sideOf(chunks[before.chunk] ?? null, before.piece, -seconds));
    doubted[after.chunk]?.push(...sideOf(chunks[after.chunk] ?? null, after.piece, seconds));
  }
  return chunks.map((heard, index) =>
    heard === null ? [] : stretchesOf(heard, doubted[index] ?? []),
  );
}

/** Runs of sentences that together are like no language. */
function unlikeRuns(heard: HeardChunk, likeness: (text: string) => number | null): Span[] {
  const { pieces } = heard;
  return UNLIKE.flatMap(({ letters, below }) =>
    runsOf(heard, letters).flatMap(([from, to]) => {
      const run = pieces.slice(from, to);
      const score = likeness(run.map(({ text }) => text).join(' '));
      return score !== null && score < below ? run.flatMap(timesOf) : [];
    }),
  );
}

/** From each sentence that is open the shortest run of such with so many letters. Linear: an answer may have thousands. */
function runsOf(heard: HeardChunk, least: number): (readonly [from: number, to: number])[] {
  const letters = heard.pieces.map((piece) =>
    isOpen(heard, piece) ? lettersOf(piece.text) : null,
  );
  const runs: (readonly [number, number])[] = [];
  let [to, sum] = [0, 0];
  letters.forEach((own, from) => {
    if (to <= from) [to, sum] = [from, 0];
    for (let next = letters[to]; sum < least && typeof next === 'number'; next = letters[to]) {
      sum += next;
      to += 1;
    }
    if (sum >= least && own !== null && own > 0) runs.push([from, to]);
    sum -= own ?? 0;
  });
  return runs;
}

interface Place {
  readonly chunk: number;
  readonly piece: number;
}

/** Where a language is followed by another one. Text that leaves its own open is passed over. */
function changesIn(chunks: readonly (HeardChunk | null)[]): (readonly [Place, Place])[] {
  const changes: (readonly [Place, Place])[] = [];
  let before: (Place & { readonly language: string }) | null = null;
  chunks.forEach((heard, chunk) => {
    if (heard === null) before = null;
    heard?.pieces.forEach(({ language }, piece) => {
      if (language === null) return;
      const here = { chunk, piece, language };
      if (before !== null && before.language !== language) changes.push([before, here]);
      before = here;
    });
  });
  return changes;
}

/** The sentences of so many seconds of voice from a change of language on; backwards where they are negative. */
function sideOf(heard: HeardChunk | null, from: number, seconds: number): Span[] {
  const voice = heard === null ? null : voiceOf(heard.chunk);
  if (heard === null || voice === null) return [];
  const side: Span[] = [];
  for (let [at, sum] = [from, 0]; sum < Math.abs(seconds); at += Math.sign(seconds)) {
    const piece = heard.pieces[at];
    if (piece === undefined || !isOpen(heard, piece)) break;
    const spans = timesOf(piece);
    side.push(...spans);
    sum += spans.reduce((total, one) => total + voiceWithin(voice, one), 0);
  }
  return side;
}

/** From the first answer, with times of its own, and not heard alone yet. */
function isOpen({ chunk, again }: HeardChunk, piece: HeardPiece): boolean {
  if (piece.again !== undefined || piece.isTimeEstimated) return false;
  return timesOf(piece).every(
    (span) => !again.some((stretch) => areMostlySame(span, inSeconds(chunk, stretch))),
  );
}

const timesOf = ({ start, end }: HeardPiece): Span[] =>
  start === null || end === null ? [] : [{ start, end }];

/** The voice in these spans, each second once, in pieces between pauses. */
function stretchesOf({ chunk, pieces }: HeardChunk, spans: readonly Span[]): Samples[] {
  const voice = voiceOf(chunk) ?? [];
  const cuts = cutsAt(pieces.flatMap((piece) => timesOf(piece).map(({ start }) => start)));
  const runs: Span[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = runs.at(-1);
    if (last !== undefined && start <= last.end + TOUCHING_SECONDS)
      runs[runs.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else runs.push({ start, end });
  }
  return asked(
    chunk,
    runs.flatMap((run) => betweenPauses(run, voice, cuts)),
  );
}

const lettersOf = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0;

/**
 * Measured, as docs/decisions/0037 says. In so many letters, English had at least 0.744 and 0.781; Russian in the letters of
 * Italian had 0.668 to 0.708 and 0.672, and English in its words, in the longer runs, 0.747.
 */
const UNLIKE = [
  { letters: 100, below: 0.72 },
  { letters: 200, below: 0.755 },
];

/** Sentences without a pause between them, but for a breath. */
const TOUCHING_SECONDS = 1;
