import { z } from 'zod';
import { sha256Schema } from './job-input.ts';
import { schemaVersion } from './schema-version.ts';

/** Its name, beside the files of its version. */
export const PROVENANCE = 'provenance.json';

/** In seconds of the recording. */
const answeredPart = {
  start: z.number().nonnegative(),
  end: z.number().nonnegative(),
  callKey: sha256Schema,
};

/**
 * `versions/{version}/provenance.json`: the answers that a version of the minutes is made of, by their call keys. The
 * manifests of a job are those of its latest run; a version keeps its own.
 */
export const provenanceSchema = z.object({
  schemaVersion: schemaVersion(1),
  /** Absent: the source is a transcript, and nothing was heard. */
  recording: z
    .object({
      /** Chunks of the plan, silent and failed ones too. */
      planned: z.int().nonnegative(),
      /** Those that were answered. */
      chunks: z.array(
        z.object({
          index: z.int().nonnegative(),
          /** From 1. */
          track: z.int().positive(),
          ...answeredPart,
          /** The answers to stretches that the first one left in doubt. */
          again: z.array(z.object(answeredPart)),
        }),
      ),
    })
    .optional(),
  /** The answer that tells voices apart. Absent: no target was asked, or none answered. */
  diarize: sha256Schema.optional(),
  summary: z.object({
    /** `extractive`: picked by rules, after no target answered; `none`: there is no summary. */
    mode: z.enum(['model', 'extractive', 'none']),
    /** Of the prompt that was asked with when the version was written. */
    promptVersion: z.int().nonnegative(),
    /** In the order of the meeting; empty unless a model was asked. */
    sections: z.array(
      z.object({
        /** Ids of its first and its last segment. */
        first: z.string(),
        last: z.string(),
        /** Null: nobody could answer. */
        callKey: sha256Schema.nullable(),
      }),
    ),
    /** The calls that joined answers, level by level; the last one wrote the summary. */
    joins: z.array(z.object({ callKey: sha256Schema, of: z.array(sha256Schema) })),
  }),
});
export type Provenance = z.infer<typeof provenanceSchema>;
