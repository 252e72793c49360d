import { z } from 'zod';
import {
  recordingSeconds,
  recordingTime,
  seconds,
  type ChunkPlan,
  type PlannedChunk,
} from '../../workflows/contracts/chunk-plan.ts';
import {
  segmentSchema,
  type Segment,
  type Transcript,
} from '../../workflows/contracts/transcript.ts';
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
  const { merged, segments } = mergeNext(NOTHING_MERGED, plan, plan.chunks.length, {
    settled,
    speakers,
  });
  return {
    schemaVersion: 1,
    language: language ?? mostSpoken(merged)?.language ?? null,
    durationSeconds: recordingSeconds(plan),
    segments,
  };
}

/** What has to be known of the chunks that are merged to merge the ones after them. */
export const mergedSchema = z.object({
  /** Languages with their seconds of speech, in the order in which they were first heard. */
  spoken: z.array(z.tuple([z.string(), z.number()])),
  /** Voices in the order in which they first spoke, by the labels that `whoSpoke` gives. */
  voices: z.array(z.string()),
  /** How many segments have their place in the transcript. */
  placed: z.int().nonnegative(),
  /** The others: something that was said before them may be missing. */
  waiting: z.array(
    segmentSchema
      .omit({ id: true })
      .extend({ start: z.number(), end: z.number(), chunk: z.int().nonnegative() }),
  ),
});
export type Merged = z.infer<typeof mergedSchema>;

export const NOTHING_MERGED: Merged = { spoken: [], voices: [], placed: 0, waiting: [] };

/**
 * Merges the next chunks of a recording with those before. Gives the segments that follow in the transcript: they stay the
 * same whatever the chunks from `next` on say. Where tracks run at the same time, all have to be transcribed up to there.
 *
 * @param next the first chunk that is not transcribed yet; after the last one: the number of chunks
 * @param settled of the chunks from where the earlier ones ended, by index
 */
export function mergeNext(
  before: Merged,
  plan: ChunkPlan,
  next: number,
  { settled, speakers }: { settled: ReadonlyMap<number, SettledChunk>; speakers: WhoSpoke },
): { readonly merged: Merged; readonly segments: Segment[] } {
  const chunks = mergeChunks(plan, settled, speakers);
  const until = Math.min(
    ...missingFrom(plan, next).map(({ startSample }) => recordingTime(plan, startSample)),
    Infinity,
  );
  const inOrder = [...before.waiting, ...chunks.flatMap(({ segments }) => segments)]
    // Within a track they are in order; tracks run at the same time.
    .toSorted((a, b) => a.start - b.start);
  const ids = new Map(before.voices.map((voice, index) => [voice, `S${index + 1}`]));
  const segments = numberSpeakers(
    inOrder.filter(({ start }) => start < until),
    ids,
  ).map((segment, index) => ({ id: `s${before.placed + index + 1}`, ...segment }));
  const merged = {
    spoken: secondsSpoken(before.spoken, chunks),
    voices: [...ids.keys()],
    placed: before.placed + segments.length,
    waiting: inOrder.filter(({ start }) => start >= until),
  };
  return { merged, segments };
}

/**
 * The language of the transcript, which decides how it is summarised. Null as long as the chunks from `next` on have so
 * much voice that another one may be spoken most.
 */
export function decidedLanguage(
  plan: ChunkPlan,
  next: number,
  { spoken }: Pick<Merged, 'spoken'>,
): string | null {
  const missingSeconds = missingFrom(plan, next).reduce((sum, one) => sum + one.speechSeconds, 0);
  const [most, second] = bySeconds(spoken);
  const lead = (most?.seconds ?? 0) - (second?.seconds ?? 0);
  return lead > missingSeconds + ROUNDING ? (most?.language ?? null) : null;
}

const missingFrom = (plan: ChunkPlan, next: number): PlannedChunk[] =>
  plan.chunks.slice(next).filter(({ speech }) => speech);

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

type MergedSegment = Merged['waiting'][number];
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

/** With what these chunks add. */
function secondsSpoken(before: Merged['spoken'], merged: readonly MergedChunk[]): Merged['spoken'] {
  const spoken = new Map(before);
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
  return [...spoken];
}

/** The most spoken first; of several with the same seconds, the one that was first heard. */
const bySeconds = (spoken: Merged['spoken']) =>
  spoken
    .map(([language, inSeconds]) => ({ language, seconds: inSeconds }))
    .toSorted((a, b) => b.seconds - a.seconds);

const mostSpoken = ({ spoken }: Merged) => bySeconds(spoken)[0];
