import {
  SAMPLE_RATE,
  type PlannedChunk,
  type Samples,
} from '../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../workflows/contracts/stored-results.ts';
import { mayBeInvented } from './may-be-invented.ts';
import { foldWhitespace } from './text.ts';
import { voiceWithin, wordlessVoice, type Span } from './wordless-voice.ts';

/** What was answered about one chunk: about all of it, and about the stretches that were asked again on their own. */
export interface ChunkAnswers {
  readonly first: TranscribeAnswer;
  readonly again: readonly { readonly stretch: Samples; readonly answer: TranscribeAnswer }[];
}

/** One segment of a chunk's transcript; times are seconds from the start of the chunk. */
interface Piece {
  /** Null: not known, it lasts as its neighbours allow. */
  readonly start: number | null;
  readonly end: number | null;
  readonly text: string;
  readonly language: string | null;
  readonly isTimeEstimated: boolean;
  readonly mayBeInvented: boolean;
  /** Which of the second answers it is from; absent: the first one. */
  readonly again?: number;
}

/** ISO 639-1 codes; null: not known. The detector is passed in, because it takes 150 MiB and doubts do not need it. */
interface Languages {
  /** By the user. */
  readonly given: string | null;
  readonly detect: (text: string) => string | null;
}

const NO_LANGUAGES: Languages = { given: null, detect: () => null };

export interface SettledChunk {
  readonly pieces: readonly Piece[];
  /** Voice for which nobody answered words, not even when asked again. */
  readonly wordless: readonly Span[];
  /** Seconds of voice in pieces without times of their own; null: the plan does not tell where the voice is. */
  readonly untimedSeconds: number | null;
}

/**
 * The transcript of one chunk. A stretch that had no words gets those of its second answer. Text that may be invented is
 * replaced by a second answer that is above suspicion; otherwise it stays, marked: nothing is dropped without a word.
 *
 * A stretch that was asked again was asked in any language, whatever the user gave.
 */
export function settleChunk(
  chunk: PlannedChunk,
  { first, again }: ChunkAnswers,
  { given, detect }: Languages,
): SettledChunk {
  const voice = voiceOf(chunk);
  let pieces = piecesOf(first, given ?? languageOf(first, detect), voice);
  for (const [order, { stretch, answer }] of again.entries()) {
    const offset = (stretch.startSample - chunk.startSample) / SAMPLE_RATE;
    const end = (stretch.endSample - chunk.startSample) / SAMPLE_RATE;
    const isDoubted = ({ start, mayBeInvented: isSuspect, ...piece }: Piece): boolean =>
      isSuspect && isWithin((start ?? offset) + (piece.end ?? end), offset, end);
    const heard = piecesOf(
      movedBy(answer, offset, end),
      languageOf(answer, detect) ?? given,
      voice,
      order,
    );
    if (!pieces.some(isDoubted)) {
      pieces = inserted(pieces, heard, offset);
      continue;
    }
    const others = pieces.filter((piece) => !isDoubted(piece));
    // A short text was asked again with some of the words after it, which stand already.
    const own = heard.filter((piece) => !others.some((other) => isMostlyIn(piece, other)));
    if (own.length > 0 && !own.some((piece) => piece.mayBeInvented)) {
      pieces = inserted(others, own, offset);
    }
  }
  return {
    pieces,
    wordless: voice === null ? [] : wordlessVoice(voice, pieces.map(spanOf)),
    untimedSeconds:
      voice === null
        ? null
        : pieces
            .filter(({ isTimeEstimated }) => isTimeEstimated)
            .reduce((sum, piece) => sum + voiceWithin(voice, spanOf(piece)), 0),
  };
}

/**
 * The stretches of a chunk that its answer leaves in doubt: voice without words, and text that may be invented. In
 * order, within the chunk, each once. Each is paid for, so that an answer which is in doubt all over leaves the longest.
 */
export function doubtsOf(chunk: PlannedChunk, answer: TranscribeAnswer): Samples[] {
  const { pieces, wordless } = settleChunk(chunk, { first: answer, again: [] }, NO_LANGUAGES);
  const length = (chunk.endSample - chunk.startSample) / SAMPLE_RATE;
  const invented: Span[] = [];
  pieces.forEach((piece, index) => {
    if (!piece.mayBeInvented) return;
    const span = { start: piece.start ?? 0, end: piece.end ?? length };
    const last = invented.at(-1);
    if (last !== undefined && pieces[index - 1]?.mayBeInvented === true)
      invented[invented.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else invented.push(span);
  });
  const stretches = [
    ...wordless.map(({ start, end }) => ({
      start: start - MARGIN_SECONDS,
      end: end + MARGIN_SECONDS,
    })),
    ...invented.map(({ start, end }) => ({ start, end: Math.max(end, start + LEAST_SECONDS) })),
  ].map(({ start, end }) => ({
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

/** Of a chunk. Real answers to 28 s leave three at most. */
const MOST_STRETCHES = 20;

const lengthOf = ({ startSample, endSample }: Samples): number => endSample - startSample;

/** A soft beginning of a word; more would hear the words before it twice. */
const MARGIN_SECONDS = 0.2;
/** Providers refuse less than a tenth of a second, and a transcriber needs a word. */
const LEAST_SECONDS = 1;

const toSamples = (time: number): number => Math.round(time * SAMPLE_RATE);

/** The others keep their order, whatever their times. */
function inserted(pieces: readonly Piece[], more: readonly Piece[], at: number): readonly Piece[] {
  const found = pieces.findIndex(({ start }) => start !== null && start >= at);
  const place = found === -1 ? pieces.length : found;
  return [...pieces.slice(0, place), ...more, ...pieces.slice(place)];
}

/** Where the detector hears a voice, in seconds of the chunk; null: plans before version 3 do not tell. */
function voiceOf({ startSample, voice }: PlannedChunk): readonly Span[] | null {
  return (
    voice?.map((span) => ({
      start: (span.startSample - startSample) / SAMPLE_RATE,
      end: (span.endSample - startSample) / SAMPLE_RATE,
    })) ?? null
  );
}

const isWithin = (twiceTheMiddle: number, start: number, end: number): boolean =>
  twiceTheMiddle >= 2 * start && twiceTheMiddle <= 2 * end;

/** Whether the middle of the one is in the other; both must have times. */
const isMostlyIn = (one: Piece, other: Piece): boolean =>
  one.start !== null &&
  one.end !== null &&
  other.start !== null &&
  other.end !== null &&
  isWithin(one.start + one.end, other.start, other.end);

/** Where words stand; without times they may stand anywhere. */
const spanOf = ({ start, end }: Piece): Span => ({ start: start ?? 0, end: end ?? Infinity });

function movedBy(answer: TranscribeAnswer, offset: number, end: number): TranscribeAnswer {
  const moved = (time: number | null): number | null => (time === null ? null : time + offset);
  const segments = answer.segments.map((segment) => ({
    ...segment,
    start: moved(segment.start),
    end: moved(segment.end),
  }));
  // Otherwise the words would belong to the whole chunk.
  return segments.length > 0 || answer.text.trim() === ''
    ? { ...answer, segments }
    : { ...answer, segments: [{ start: offset, end, text: answer.text, isTimeEstimated: true }] };
}

/** The answer's segments; its text instead if that has more letters, because no text may be lost. */
function piecesOf(
  { text, segments }: TranscribeAnswer,
  language: string | null,
  voice: readonly Span[] | null,
  again?: number,
): readonly Piece[] {
  const kept = segments
    .map((segment) => ({ ...segment, text: foldWhitespace(segment.text) }))
    .filter((segment) => segment.text !== '');
  const whole = foldWhitespace(text);
  const isMore = lettersOf(whole) > lettersOf(kept.map((segment) => segment.text).join(''));
  const told = isMore ? [{ start: null, end: null, text: whole }] : kept;
  const suspected = mayBeInvented(told, voice);
  return told.map((segment, index) => ({
    start: segment.start,
    end: segment.end,
    text: segment.text,
    language,
    isTimeEstimated:
      segment.start === null ||
      segment.end === null ||
      ('isTimeEstimated' in segment && segment.isTimeEstimated === true),
    mayBeInvented: suspected[index] === true,
    ...(again !== undefined && { again }),
  }));
}

const lettersOf = (text: string): number => text.replace(/\s/gu, '').length;

/** The engine's word if it is an ISO 639-1 code, else the detector's. */
const languageOf = (
  { language, text, segments }: TranscribeAnswer,
  detect: Languages['detect'],
): string | null =>
  language !== null && /^[a-z]{2}$/.test(language)
    ? language
    : detect(segments.length > 0 ? segments.map((one) => one.text).join(' ') : text);
