import { z } from 'zod';
import { sha256Schema } from './job-input.ts';
import { schemaVersion } from './schema-version.ts';

/** Samples per second of every prepared recording: the rate that Whisper and Silero expect. */
export const SAMPLE_RATE = 16_000;

const channelsSchema = z.object({
  /** Which of the recordings in the file, or in all files of a recording, and which of its audio streams; all count from 1. */
  part: z.int().positive(),
  stream: z.int().positive(),
  channels: z.array(z.int().positive()).readonly(),
});

/** What was heard of a recording. */
export const heardSoundSchema = z.object({
  /** Sounds that are transcribed apart: each begins at its sample and lasts as long as the recording. */
  tracks: z
    .array(
      z.object({
        startSample: z.int().nonnegative(),
        heard: z.array(channelsSchema).readonly(),
        /** What could not be read, in seconds of the recording; in order. */
        damage: z.array(z.object({ start: z.number(), end: z.number() })).readonly(),
      }),
    )
    .min(1)
    .readonly(),
  leftOut: z.array(channelsSchema.extend({ reason: z.enum(['silent', 'duplicate']) })).readonly(),
  /** The file says that its end is missing. */
  cut: z.boolean(),
  /**
   * Streams that last another time than the file says, by more than a second. `at`: where a pause in the time stamps
   * begins that can be why, in seconds of the recording. Absent: none, or not compared by an earlier version.
   */
  disagreements: z
    .array(
      z.object({
        part: z.int().positive(),
        stream: z.int().positive(),
        at: z.number().nonnegative().optional(),
        statedSeconds: z.number().nonnegative(),
        heardSeconds: z.number().nonnegative(),
      }),
    )
    .readonly()
    .optional(),
  /** When each file begins, in seconds of the recording. Absent: it is one file. */
  fileStarts: z.array(z.number().nonnegative()).readonly().optional(),
});
export type HeardSound = z.infer<typeof heardSoundSchema>;

/** From `startSample` up to, not including, `endSample`. */
export const samplesSchema = z.object({
  startSample: z.int().nonnegative(),
  endSample: z.int().positive(),
});
export type Samples = z.infer<typeof samplesSchema>;

/**
 * How a recording is cut. Bounds are whole samples at 16 kHz, so the chunks cover `[0, samples)` without gap or
 * overlap: the first starts at 0, each other one where the previous ends, and the last ends at `samples`.
 */
export const chunkPlanSchema = z.object({
  schemaVersion: schemaVersion(1),
  plannerVersion: z.int(),
  /** Version of the code that turned the recording into samples: part of a chunk's identity. */
  preparationVersion: z.int(),
  sourceSha256: sha256Schema,
  limitSeconds: z.number().positive(),
  samples: z.int().positive(),
  /** Plans of earlier versions lack it: they heard the first stream as one track. */
  sound: heardSoundSchema.optional(),
  chunks: z.array(
    z.object({
      index: z.int().nonnegative(),
      startSample: z.int().nonnegative(),
      endSample: z.int().positive(),
      /** False for silence, which is in the plan but is not sent. */
      speech: z.boolean(),
      /** Seconds of speech in the chunk, by the voice activity detector. */
      speechSeconds: z.number().nonnegative(),
      /** Where the detector hears that speech, within the chunk and in order. Absent before planner version 3. */
      voice: z.array(samplesSchema).readonly().optional(),
    }),
  ),
  /**
   * What is heard in chunks without speech although no voice was found there; in order. It may be a voice after all.
   * Absent from plans of planner version 1.
   */
  soundInSilence: z.array(samplesSchema).optional(),
});
export type ChunkPlan = z.infer<typeof chunkPlanSchema>;
export type PlannedChunk = ChunkPlan['chunks'][number];

/** The track that a sample belongs to: its start, its length, and its damage in seconds of the recording. */
export function trackOf(plan: ChunkPlan, sample: number) {
  const tracks = plan.sound?.tracks ?? [{ startSample: 0, damage: [] }];
  const track = tracks.findLast(({ startSample }) => startSample <= sample) ?? tracks[0];
  return { startSample: 0, damage: [], ...track, samples: plan.samples / tracks.length };
}

/** When a sample of the plan is heard, in seconds of the recording. */
export const recordingTime = (plan: ChunkPlan, sample: number): number =>
  seconds(sample - trackOf(plan, sample).startSample);

/** When a part of the plan begins and ends, in seconds of the recording. */
export const spanOf = (plan: ChunkPlan, { startSample, endSample }: Samples) => ({
  start: recordingTime(plan, startSample),
  // The next sample may belong to another track.
  end: recordingTime(plan, endSample - 1),
});

/** How long the recording is; several tracks run at the same time. */
export const recordingSeconds = (plan: ChunkPlan): number => seconds(trackOf(plan, 0).samples);

export const seconds = (samples: number): number =>
  Math.round((samples / SAMPLE_RATE) * 1000) / 1000;
