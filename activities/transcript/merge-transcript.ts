import {
  recordingSeconds,
  recordingTime,
  seconds,
  type ChunkPlan,
  type PlannedChunk,
} from '../../workflows/contracts/chunk-plan.ts';
import type { Segment, Transcript } from '../../workflows/contracts/transcript.ts';
import type { Assigned } from '../speakers/assign-speakers.ts';
import { numberSpeakers } from '../speakers/number-speakers.ts';
import { whoSpoke, type WhoSpoke } from '../speakers/who-spoke.ts';
import type { SettledChunk } from './settle-chunk.ts';

/**
 * Merges the chunks into one transcript by their times alone, so it works for every script. Chunks do not overlap: no
 * text is removed as a repetition.
 *
 * @param settled by chunk index; a chunk without an answer leaves a gap
 * @param language ISO 639-1 as given by the user; it takes precedence over what was spoken most
 * @param speakers splits segments where the speaker changes; default: only separate tracks tell who spoke
 */
export function mergeTranscript(
  plan: ChunkPlan,
  settled: ReadonlyMap<number, SettledChunk>,
  language: string | null,
  speakers: WhoSpoke = whoSpoke(plan, null),
): Transcript {
  const merged = mergeChunks(plan, settled, speakers);
  const [most] = secondsSpoken(merged);
  return {
    schemaVersion: 1,
    language: language ?? most?.language ?? null,
    durationSeconds: recordingSeconds(plan),
    segments: inOrder(merged),
  };
}

/**
 * The transcript up to the first chunk that is not transcribed yet: what stays the same whatever the chunks from `next` on
 * say. Where tracks run at the same time, all have to be transcribed up to there. Null as long as these chunks have so much
 * voice that another language may be the one of the transcript; its language decides how it is summarised.
 *
 * @param settled of the chunks before `next`, as for `mergeTranscript`; so are the other arguments
 */
export function mergeBeginning(
  plan: ChunkPlan,
  next: number,
  settled: ReadonlyMap<number, SettledChunk>,
  language: string | null,
  speakers: WhoSpoke = whoSpoke(plan, null),
): Transcript | null {
  const merged = mergeChunks(plan, settled, speakers);
  const missing = plan.chunks.slice(next).filter(({ speech }) => speech);
  const missingSeconds = missing.reduce((sum, { speechSeconds }) => sum + speechSeconds, 0);
  const [most, second] = secondsSpoken(merged);
  const lead = (most?.seconds ?? 0) - (second?.seconds ?? 0);
  const decided = language ?? (lead > missingSeconds + ROUNDING ? most?.language : null);
  if (decided === null || decided === undefined) return null;
  const until = Math.min(
    ...missing.map(({ startSample }) => recordingTime(plan, startSample)),
    Infinity,
  );
  return {
    schemaVersion: 1,
    language: decided,
    durationSeconds: recordingSeconds(plan),
    segments: inOrder(merged).filter(({ start }) => start < until),
  };
}

/** Sums of the same seconds in another order differ by less. */
const ROUNDING = 0.001;

interface MergedChunk {
  readonly chunk: PlannedChunk;
  readonly segments: readonly MergedSegment[];
}

const mergeChunks = (
  plan: ChunkPlan,
  settled: ReadonlyMap<number, SettledChunk>,
  speakers: WhoSpoke,
): MergedChunk[] =>
  plan.chunks.flatMap((chunk) => {
    const pieces = settled.get(chunk.index)?.pieces ?? [];
    const spoken = segmentsOf(chunk, recordingTime(plan, chunk.startSample), pieces);
    const segments = speakers(chunk, spoken).map(toSegment);
    return segments.length === 0 ? [] : [{ chunk, segments }];
  });

const inOrder = (merged: readonly MergedChunk[]) =>
  numberSpeakers(
    merged
      .flatMap(({ segments }) => segments)
      // Within a track they are in order; tracks run at the same time.
      .toSorted((a, b) => a.start - b.start),
  ).map((segment, index) => ({ id: `s${index + 1}`, ...segment }));

type MergedSegment = Omit<Segment, 'id' | 'start' | 'end'> & {
  readonly chunk: number;
  readonly start: number;
  readonly end: number;
};
type SpokenSegment = Omit<MergedSegment, 'speaker'> & { readonly isTimeEstimated: boolean };

function toSegment(said: Assigned<SpokenSegment>): MergedSegment {
  return {
    start: toMilliseconds(said.start),
    end: toMilliseconds(said.end),
    speaker: said.speaker,
    language: said.language,
    text: said.text,
    ...(said.mayBeInvented && { mayBeInvented: true as const }),
    chunk: said.chunk,
    ...(said.again !== undefined && { again: said.again }),
  };
}

function segmentsOf(
  { index: chunk, startSample, endSample }: PlannedChunk,
  chunkStart: number,
  pieces: SettledChunk['pieces'],
): SpokenSegment[] {
  const chunkEnd = toMilliseconds(chunkStart + seconds(endSample) - seconds(startSample));
  // Starts never go back. A missing start is the end of the piece before, if that is known.
  let latest = chunkStart;
  const starts = pieces.map((piece, index) => {
    const given = piece.start ?? pieces[index - 1]?.end ?? null;
    const start = given === null ? latest : toMilliseconds(chunkStart + given);
    latest = Math.min(Math.max(start, latest), chunkEnd);
    return latest;
  });
  return pieces.map((piece, index) => {
    const start = starts[index] ?? chunkStart;
    const limit = starts[index + 1] ?? chunkEnd;
    const end = piece.end === null ? limit : toMilliseconds(chunkStart + piece.end);
    return {
      start,
      end: Math.max(start, Math.min(end, limit)),
      isTimeEstimated: piece.isTimeEstimated,
      language: piece.language,
      text: piece.text,
      ...(piece.mayBeInvented && { mayBeInvented: true as const }),
      chunk,
      ...(piece.again !== undefined && { again: piece.again }),
    };
  });
}

const toMilliseconds = (time: number): number => Math.round(time * 1000) / 1000;

/** The languages by seconds of speech, the most spoken first; of several with the same, the one that was first heard. */
function secondsSpoken(
  merged: readonly MergedChunk[],
): readonly { readonly language: string; readonly seconds: number }[] {
  const spoken = new Map<string, number>();
  for (const { chunk, segments } of merged) {
    const lengths = segments.map(({ start, end }) => end - start);
    const whole = lengths.reduce((sum, length) => sum + length, 0);
    segments.forEach(({ language }, index) => {
      if (language === null) return;
      // The speech of a chunk is shared by the lengths of its segments.
      const share = whole === 0 ? 1 / segments.length : (lengths[index] ?? 0) / whole;
      spoken.set(language, (spoken.get(language) ?? 0) + chunk.speechSeconds * share);
    });
  }
  return [...spoken]
    .map(([language, inSeconds]) => ({ language, seconds: inSeconds }))
    .toSorted((a, b) => b.seconds - a.seconds);
}
