import { z } from 'zod';
import { sha256Schema } from './job-input.ts';

/** Samples per second of every prepared recording: the rate that Whisper and Silero expect. */
export const SAMPLE_RATE = 16_000;

/**
 * How a recording is cut. Bounds are whole samples at 16 kHz, so the chunks cover `[0, samples)` without gap or
 * overlap: the first starts at 0, each other one where the previous ends, and the last ends at `samples`.
 */
export const chunkPlanSchema = z.strictObject({
  schemaVersion: z.literal(1),
  plannerVersion: z.int(),
  /** Version of the code that turned the recording into samples: part of a chunk's identity. */
  preparationVersion: z.int(),
  sourceSha256: sha256Schema,
  limitSeconds: z.number().positive(),
  samples: z.int().positive(),
  chunks: z.array(
    z.strictObject({
      index: z.int().nonnegative(),
      startSample: z.int().nonnegative(),
      endSample: z.int().positive(),
      /** False for silence, which is in the plan but is not sent. */
      speech: z.boolean(),
      /** Seconds of speech in the chunk, by the voice activity detector. */
      speechSeconds: z.number().nonnegative(),
    }),
  ),
  /**
   * What is heard in chunks without speech although no voice was found there; in order. It may be a voice after all.
   * Absent from plans of planner version 1.
   */
  soundInSilence: z
    .array(z.strictObject({ startSample: z.int().nonnegative(), endSample: z.int().positive() }))
    .optional(),
});
export type ChunkPlan = z.infer<typeof chunkPlanSchema>;
export type PlannedChunk = ChunkPlan['chunks'][number];

export const seconds = (samples: number): number =>
  Math.round((samples / SAMPLE_RATE) * 1000) / 1000;
