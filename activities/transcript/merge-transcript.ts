import {
  recordingSeconds,
  recordingTime,
  seconds,
  type ChunkPlan,
  type PlannedChunk,
} from '../../workflows/contracts/chunk-plan.ts';
import type { TranscribeAnswer } from '../../workflows/contracts/stored-results.ts';
import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import { detectLanguage } from './detect-language.ts';
import { foldWhitespace } from './text.ts';

/**
 * Merges the answers of the chunks into one transcript by their times alone, so it works for every script. Chunks do
 * not overlap: no text is removed as a repetition.
 *
 * @param answers by chunk index; a chunk without an answer leaves a gap
 * @param language ISO 639-1 as given by the user; it takes precedence over targets and the detector
 */
export function mergeTranscript(
  plan: ChunkPlan,
  answers: ReadonlyMap<number, TranscribeAnswer>,
  language: string | null,
): Transcript {
  const merged = plan.chunks.flatMap((chunk) => {
    const answer = answers.get(chunk.index);
    if (answer === undefined) return [];
    const start = recordingTime(plan, chunk.startSample);
    return [{ chunk, ...mergeChunk(chunk, start, answer, language) }];
  });
  return {
    schemaVersion: 1,
    language: language ?? mostSpoken(merged),
    durationSeconds: recordingSeconds(plan),
    segments: merged
      .flatMap(({ segments }) => segments)
      // Within a track they are in order; tracks run at the same time.
      .toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0))
      .map((segment, index) => ({ id: `s${index + 1}`, ...segment })),
  };
}

interface MergedChunk {
  readonly language: string | null;
  readonly segments: readonly Omit<Segment, 'id'>[];
}

function mergeChunk(
  { startSample, endSample }: PlannedChunk,
  chunkStart: number,
  answer: TranscribeAnswer,
  userLanguage: string | null,
): MergedChunk {
  const chunkEnd = toMilliseconds(chunkStart + seconds(endSample) - seconds(startSample));
  const pieces = piecesOf(answer);
  const language =
    userLanguage ??
    answeredLanguage(answer) ??
    detectLanguage(pieces.map(({ text }) => text).join(' '));

  // Starts never go back. A missing start is the end of the piece before, if that is known.
  let latest = chunkStart;
  const starts = pieces.map((piece, index) => {
    const given = piece.start ?? pieces[index - 1]?.end ?? null;
    const start = given === null ? latest : toMilliseconds(chunkStart + given);
    latest = Math.min(Math.max(start, latest), chunkEnd);
    return latest;
  });
  const segments = pieces.map((piece, index) => {
    const start = starts[index] ?? chunkStart;
    const limit = starts[index + 1] ?? chunkEnd;
    const end = piece.end === null ? limit : toMilliseconds(chunkStart + piece.end);
    return {
      start,
      end: Math.max(start, Math.min(end, limit)),
      speaker: null,
      language,
      text: piece.text,
    };
  });
  return { language, segments };
}

type Piece = TranscribeAnswer['segments'][number];

/** The answer's segments; its text instead if that has more letters, because no text may be lost. */
function piecesOf(answer: TranscribeAnswer): Piece[] {
  const pieces = answer.segments
    .map((segment) => ({ ...segment, text: foldWhitespace(segment.text) }))
    .filter(({ text }) => text !== '');
  const whole = foldWhitespace(answer.text);
  return lettersOf(whole) > lettersOf(pieces.map(({ text }) => text).join(''))
    ? [{ start: null, end: null, text: whole }]
    : pieces;
}

const lettersOf = (text: string): number => text.replace(/\s/gu, '').length;

const toMilliseconds = (time: number): number => Math.round(time * 1000) / 1000;

const answeredLanguage = (answer: TranscribeAnswer): string | null =>
  answer.language !== null && /^[a-z]{2}$/.test(answer.language) ? answer.language : null;

/** The language with most seconds of speech; the first of several with the same. */
function mostSpoken(
  merged: readonly (MergedChunk & { readonly chunk: PlannedChunk })[],
): string | null {
  const spoken = new Map<string, number>();
  for (const { chunk, language, segments } of merged) {
    if (language === null || segments.length === 0) continue;
    spoken.set(language, (spoken.get(language) ?? 0) + chunk.speechSeconds);
  }
  const [first] = [...spoken].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? null;
}
