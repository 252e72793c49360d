import { z } from 'zod';
import { decisionSchema } from './approval.ts';
import { editedSchema } from './edited.ts';
import { templateReferenceSchema } from './job-input.ts';
import { schemaVersion } from './schema-version.ts';
import { shortTextSchema } from './short-text.ts';

/** What a revision does. */
const REVISION_KINDS = ['rename', 'join', 'edit', 'resummarize', 'approval'] as const;
export type RevisionKind = (typeof REVISION_KINDS)[number];

/** More than any meeting needs; it bounds what minutes carry with them. */
export const MOST_REVISIONS = 500;

/** Who made a change, as they call themselves; nobody checks it. */
export const authorSchema = shortTextSchema;
export const speakerIdSchema = z
  .string()
  .regex(/^S[1-9]\d{0,4}$/, 'is not the id of a speaker, such as S1');
export const speakerNameSchema = shortTextSchema;

/** One line of `revisions` in `minutes.json`. */
export const revisionSchema = z.object({
  kind: z.enum(REVISION_KINDS),
  /** The version that it made. */
  version: z.int().positive(),
  /** The version that it was made from. */
  base: z.int().positive(),
  by: authorSchema,
  at: z.iso.datetime(),
  /** Of an edit: false if a summary that is written anew leaves nothing of it. Absent: it may leave something. */
  outlivesSummary: z.literal(false).optional(),
});
export type Revision = z.infer<typeof revisionSchema>;

/** Whether a person wrote or asked for words of the minutes: no run replaces them. Names of speakers are carried over. */
export const isByHand = ({ kind }: Pick<Revision, 'kind'>): boolean =>
  kind === 'edit' || kind === 'resummarize';

const common = {
  /** 2: an approval. */
  schemaVersion: schemaVersion(2),
  by: authorSchema,
  /** When it was asked for. */
  at: z.iso.datetime(),
  /** The minutes that it changes: the result of the job when it was asked for. */
  baseKey: z.string().min(1),
};

/**
 * `jobs/{id}/changes/{sha256}.json`: a change of minutes that a person asks for. A workflow is told its digest only:
 * names and texts stay in the bucket.
 */
export const changeSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('rename'),
    speaker: speakerIdSchema,
    name: speakerNameSchema,
  }),
  z.object({
    ...common,
    kind: z.literal('join'),
    /** All that this speaker said … */
    speaker: speakerIdSchema,
    /** … was said by this one. */
    into: speakerIdSchema,
  }),
  z.object({
    ...common,
    kind: z.literal('edit'),
    edited: editedSchema,
  }),
  z.object({
    ...common,
    kind: z.literal('resummarize'),
    /** ISO 639-1 code of the language to write in; null: as the minutes are. */
    language: z
      .string()
      .regex(/^[a-z]{2}$/)
      .nullable(),
    /** A template of the job; null: the standard one. Absent: the one that the minutes follow. */
    template: templateReferenceSchema.nullable().optional(),
    /** The only target to ask, and whose answers count; null: the targets that are configured. */
    target: z.string().min(1).max(100).nullable(),
  }),
  z.object({
    ...common,
    kind: z.literal('approval'),
    decision: decisionSchema,
  }),
]);
export type Change = z.infer<typeof changeSchema>;
