import { z } from 'zod';
import { schemaVersion } from './schema-version.ts';

/** Seconds with at most three decimals; null: the transcript has no times. */
export const timeSchema = z.number().nonnegative().nullable();

export const segmentSchema = z.object({
  /**
   * `s1`, `s2`, … in the order of the document, until a person corrects it: whoever is in it then keeps its id, and a
   * segment that is new has the next number.
   */
  id: z.string().regex(/^s[1-9][0-9]*$/),
  start: timeSchema,
  end: timeSchema,
  /** A speaker's id; null: voices were not told apart. */
  speaker: z.string().nullable(),
  /** ISO 639-1 code; null: neither the engine nor the detector knows. */
  language: z.string().nullable(),
  text: z.string().min(1),
  /** The engine may have made the text up from music or noise; asking again did not settle it. */
  mayBeInvented: z.literal(true).optional(),
  /** The chunk of the plan that it was heard in. Absent: the transcript is somebody else's, or of an earlier version. */
  chunk: z.int().nonnegative().optional(),
  /** Which of the second answers about the chunk it is from, in their order. Absent: the first answer. */
  again: z.int().nonnegative().optional(),
});
export type Segment = z.infer<typeof segmentSchema>;

/** `transcript.json`. */
export const transcriptSchema = z.object({
  schemaVersion: schemaVersion(1),
  language: z.string().nullable(),
  durationSeconds: z.number().nonnegative(),
  segments: z.array(segmentSchema),
  /** The highest number of an id that the transcript ever had. Absent: a segment still has it. */
  highestId: z.int().positive().optional(),
});
export type Transcript = z.infer<typeof transcriptSchema>;
