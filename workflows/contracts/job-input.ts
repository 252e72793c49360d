import { z } from 'zod';
import { JOB_ID_PATTERN, TENANT_PATTERN } from './names.ts';
import { schemaVersion } from './schema-version.ts';
import { shortTextSchema } from './short-text.ts';
import { templateSchema } from './template.ts';

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** `YYYY-MM-DD`, and a day that exists. */
export const isoDateSchema = z.iso.date();

/** Options that change the output, and so are part of the job's identity. */
export const outputOptionsSchema = z.object({
  /** The day of the meeting: due dates such as "next Friday" count from it. */
  date: isoDateSchema.nullable(),
  /** ISO 639-1 code of the spoken language, as the user gave it; null: detect it. */
  language: z
    .string()
    .regex(/^[a-z]{2}$/)
    .nullable(),
  attendees: z.array(z.string().min(1).max(100)).max(200),
  /** The name of a built-in template, or the digest of the user's own. */
  template: z.union([z.string().regex(/^[a-z][a-z-]{0,31}$/), sha256Schema]),
  image: z.boolean(),
});
export type OutputOptions = z.infer<typeof outputOptionsSchema>;

/** More would be a folder of recordings, not one that was split. */
export const MOST_FILES = 100;

const recordingSchema = z.object({
  kind: z.literal('recording'),
  /** The file's base name as the user gave it; of several files the first one's, and how many follow. */
  name: z.string().min(1).max(255),
  /** Of the file; of several files that of their digests: see `sourceDigest`. */
  sha256: sha256Schema,
  bytes: z.int().positive(),
  durationSeconds: z.number().positive(),
  /** The files that make the recording, one after the other. Absent: it is one file. */
  files: z
    .array(
      z.object({
        name: z.string().min(1).max(255),
        sha256: sha256Schema,
        bytes: z.int().positive(),
      }),
    )
    .min(2)
    .max(MOST_FILES)
    .optional(),
});

/** A transcript that somebody else made, in a file. */
const transcriptSourceSchema = recordingSchema
  .pick({ name: true, sha256: true, bytes: true })
  .extend({ kind: z.literal('transcript') });

/** The value of a template, which is stored under its digest; told by its name. */
export const templateReferenceSchema = z.object({
  name: templateSchema.shape.name,
  sha256: sha256Schema,
});

/** What `submit --approve` asks for. */
const approvalRequestSchema = z.object({
  /** Who is asked; null: whoever may. */
  asked: shortTextSchema.nullable(),
  /** How long a draft waits. */
  withinSeconds: z.int().positive(),
});
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

/**
 * `jobs/{id}/input.json`: the job as submitted. Version 2 has `files`, and transcripts as sources; version 3 has
 * `template`; version 4 has `approval`. A job without them is written as version 1.
 */
export const jobInputSchema = z.object({
  schemaVersion: schemaVersion(4),
  kind: z.literal('minutes'),
  tenant: z.string().regex(TENANT_PATTERN),
  jobId: z.string().regex(JOB_ID_PATTERN),
  source: z.discriminatedUnion('kind', [recordingSchema, transcriptSourceSchema]),
  /** Not part of the identity. */
  title: z.string().max(200).nullable(),
  options: outputOptionsSchema,
  /** Absent: the standard template. */
  template: templateReferenceSchema.optional(),
  /** Not part of the identity either. Absent: nobody is asked. */
  approval: approvalRequestSchema.optional(),
  forceNonce: z.string().nullable(),
  submittedAt: z.iso.datetime(),
});
export type JobInput = z.infer<typeof jobInputSchema>;

/** `jobs/{id}/revisions/{change}/input.json`: the job as a summary that is written anew follows it. */
export const revisedInputSchema = jobInputSchema.extend({
  /** The change that a person asked for. */
  revision: sha256Schema,
  /** Of the documents; it can be another one than the transcript's. Null: not known. */
  documentLanguage: z.string().nullable(),
  /** The only target whose answers count; null: those of all. */
  onlyTarget: z.string().nullable(),
  /** The names of speakers by their ids, as the minutes say them now. */
  names: z.record(z.string(), z.string()),
});
export type RevisedInput = z.infer<typeof revisedInputSchema>;
