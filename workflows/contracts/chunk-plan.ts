import { z } from 'zod';
import { sha256Schema } from './job-input.ts';

/** Samples a second of every prepared recording: what Whisper and Silero take. */
export const SAMPLE_RATE = 16_000;

/**
 * How a recording is cut. Bounds are whole samples at 16 kHz, so that the chunks tile `[0, samples)` exactly:
 * the first starts at 0, each next one starts where the last ended, the last ends at `samples`.
 */
export const chunkPlanSchema = z.strictObject({
  schemaVersion: z.literal(1),
  plannerVersion: z.int(),
  /** Version of what turned the recording into samples: part of a chunk's identity. */
  preparationVersion: z.int(),
  sourceSha256: sha256Schema,
  limitSeconds: z.number().positive(),
  samples: z.int().positive(),
  chunks: z.array(
    z.strictObject({
      index: z.int().nonnegative(),
      startSample: z.int().nonnegative(),
      endSample: z.int().positive(),
      /** Silent stretches belong to the plan and are not sent. */
      speech: z.boolean(),
      /** Seconds of voice inside, as the voice activity detector heard it. */
      speechSeconds: z.number().nonnegative(),
    }),
  ),
});
export type ChunkPlan = z.infer<typeof chunkPlanSchema>;
export type PlannedChunk = ChunkPlan['chunks'][number];

export const seconds = (samples: number): number =>
  Math.round((samples / SAMPLE_RATE) * 1000) / 1000;
