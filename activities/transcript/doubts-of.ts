import {
  SAMPLE_RATE,
  type PlannedChunk,
  type Samples,
} from '../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../workflows/contracts/stored-results.ts';
import { betweenPauses, cutsAt } from './between-pauses.ts';
import { isMostlyWithin, piecesOf, spanOf, type Piece } from './chunk-pieces.ts';
import { voiceWithin, wordlessVoice, type Span } from './wordless-voice.ts';

/** Where the detector hears a voice, in seconds of the chunk; null: plans before version 3 do not tell. */
export const voiceOf = (chunk: PlannedChunk): readonly Span[] | null =>
  chunk.voice?.map((span) => inSeconds(chunk, span)) ?? null;

/** Samples of the recording as seconds of a chunk. */
export const inSeconds = (chunk: Samples, { startSample, endSample }: Samples): Span => ({
  start: (startSample - chunk.startSample) / SAMPLE_RATE,
  end: (endSample - chunk.startSample) / SAMPLE_RATE,
});

/**
 * The stretches of a chunk that its answer leaves in doubt: voice without words, text that may be invented, and text that
 * may be in the wrong language. In order, within the chunk, each once. Each is paid for, so that an answer which is in
 * doubt all over leaves the longest.
 */
export function doubtsOf(chunk: PlannedChunk, answer: TranscribeAnswer): Samples[] {
  const voice = voiceOf(chunk);
  const pieces = piecesOf(answer, null, voice);
  const mistrusted = mistrustedRuns(pieces, secondsOf(chunk));
  const cuts = cutsAt(beginningsOf(pieces));
  return asked(chunk, [
    ...wordlessStretches(voice, pieces.map(spanOf), mistrusted),
    ...inventedStretches(chunk, pieces).flatMap((run) => inPiecesIfVoiced(run, voice ?? [])),
    ...mistrusted.flatMap((run) => betweenPauses(run, voice ?? [], cuts)),
  ]);
}

/** Voice without words, with a margin, but for what is asked with the mistrusted text around it. */
export const wordlessStretches = (
  voice: readonly Span[] | null,
  worded: readonly Span[],
  mistrusted: readonly Span[] = [],
): readonly Span[] =>
  wordlessVoice(voice ?? [], worded)
    .filter((span) => !mistrusted.some((run) => isMostlyWithin(span, run)))
    .map(({ start, end }) => ({ start: start - MARGIN_SECONDS, end: end + MARGIN_SECONDS }));

/** Text that may be invented. */
export const inventedStretches = (chunk: PlannedChunk, pieces: readonly Piece[]): readonly Span[] =>
  inventedRuns(pieces, secondsOf(chunk)).map(({ start, end }) => ({
    start,
    end: Math.max(end, start + LEAST_SECONDS),
  }));

/** Whether an answer to this chunk that is only a loop would be asked again in pieces. */
export const isMostlyVoice = (chunk: PlannedChunk): boolean =>
  isVoiced({ start: 0, end: secondsOf(chunk) }, voiceOf(chunk) ?? []);

const isVoiced = (run: Span, voice: readonly Span[]): boolean =>
  voiceWithin(voice, run) >= VOICED_SHARE * (run.end - run.start);

/**
 * Over a voice only a loop is taken for invented. At all of the voice the loop comes again, so that it is asked in pieces.
 */
function inPiecesIfVoiced(run: Span, voice: readonly Span[]): readonly Span[] {
  if (!isVoiced(run, voice)) return [run];
  const pieces = betweenPauses(run, voice, []);
  return pieces.length > 1 ? pieces : [run];
}

/** These seconds of a chunk as samples: within it, each once, the longest if they are many, in order. */
export function asked(chunk: PlannedChunk, spans: readonly Span[]): Samples[] {
  const length = secondsOf(chunk);
  const stretches = spans.map(({ start, end }) => ({
    startSample:
      chunk.startSample + toSamples(Math.max(0, Math.min(start, length - LEAST_SECONDS))),
    endSample: chunk.startSample + toSamples(Math.min(end, length)),
  }));
  const different = new Map(stretches.map((one) => [`${one.startSample}-${one.endSample}`, one]));
  return [...different.values()]
    .toSorted((a, b) => lengthOf(b) - lengthOf(a))
    .slice(0, MOST_STRETCHES)
    .toSorted((a, b) => a.startSample - b.startSample);
}

/** Where pieces that may be invented follow one another, in a chunk of this many seconds. */
export const inventedRuns = (pieces: readonly Piece[], length: number): readonly Span[] =>
  runsOf(pieces, (piece) => piece.mayBeInvented, length);

/** Where mistrusted pieces follow one another, in a chunk of this many seconds. */
export const mistrustedRuns = (pieces: readonly Piece[], length: number): readonly Span[] =>
  runsOf(pieces, (piece) => piece.isMistrusted, length);

/** Spans of pieces that follow one another and are in doubt. */
function runsOf(
  pieces: readonly Piece[],
  isDoubted: (piece: Piece) => boolean,
  length: number,
): readonly Span[] {
  const runs: Span[] = [];
  pieces.forEach((piece, index) => {
    if (!isDoubted(piece)) return;
    const span = { start: piece.start ?? 0, end: piece.end ?? length };
    const [before, last] = [pieces[index - 1], runs.at(-1)];
    if (last !== undefined && before !== undefined && isDoubted(before))
      runs[runs.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else runs.push(span);
  });
  return runs;
}

const beginningsOf = (pieces: readonly Piece[]): readonly number[] =>
  pieces.flatMap(({ start, isTimeEstimated }) =>
    start === null || isTimeEstimated ? [] : [start],
  );

/** Of a chunk. Real answers to 28 s leave three at most, and seven where the language changes. */
const MOST_STRETCHES = 20;

const secondsOf = (chunk: Samples): number => lengthOf(chunk) / SAMPLE_RATE;

const lengthOf = ({ startSample, endSample }: Samples): number => endSample - startSample;

/** A soft beginning of a word; more would hear the words before it twice. */
const MARGIN_SECONDS = 0.2;
/** Providers refuse less than a tenth of a second, and a transcriber needs a word. */
const LEAST_SECONDS = 1;

/** Less than this is voiceless text with a word beside it. */
const VOICED_SHARE = 0.5;

const toSamples = (time: number): number => Math.round(time * SAMPLE_RATE);
