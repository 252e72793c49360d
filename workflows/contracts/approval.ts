import { z } from 'zod';
import { sha256Schema } from './job-input.ts';
import { shortTextSchema } from './short-text.ts';

/** Beside the files of an approved version: their digests, in the form that `sha256sum --check` reads. */
export const APPROVED_FILES = 'approved.sha256';

export const remarkSchema = z
  .string()
  .max(2_000, 'has more than 2,000 characters')
  .refine((text) => text.trim() !== '', 'is empty')
  .refine((text) => !/[\p{Cs}]|[^\P{Cc}\t\n\r]/u.test(text), 'has control characters');

const open = {
  /** Who is asked; null: whoever may. */
  asked: shortTextSchema.nullable(),
  /** When it became so. */
  since: z.iso.datetime(),
  /** When nobody is waited for any more; null: nobody is waited for. */
  until: z.iso.datetime().nullable(),
};
const decided = { by: shortTextSchema, at: z.iso.datetime() };

/** `approval` of `minutes.json`. */
export const approvalSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('draft'), ...open }),
  z.object({ state: z.literal('returned'), ...open, ...decided, remark: remarkSchema }),
  z.object({
    state: z.literal('approved'),
    ...decided,
    /** The version that was read and approved, of which this one is the approved form. */
    version: z.int().positive(),
    /** Of the `minutes.json` of that version. */
    sha256: sha256Schema,
    /** Of its `transcript.json`; absent: approved before this was compared. */
    transcriptSha256: sha256Schema.optional(),
    /** Who was asked, and is asked again about the next draft; absent: nobody was, or approved before this was kept. */
    asked: shortTextSchema.nullable().optional(),
  }),
]);
export type Approval = z.infer<typeof approvalSchema>;

/** What library and workflows know of it: no names, no words. */
export interface ApprovalFacts {
  readonly state: Approval['state'];
  readonly since: string;
  /** As in the minutes; null once they are approved. */
  readonly until: string | null;
  readonly remindedAt?: string;
  /** Of `approved.sha256`; absent unless approved. */
  readonly filesSha256?: string;
}

/** What a person decides. */
export const decisionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('approve'),
    /** Of the `minutes.json` that they read. */
    sha256: sha256Schema,
    /** Of the `transcript.json` beside it; absent: the command is older than this field. */
    transcriptSha256: sha256Schema.optional(),
  }),
  z.object({ kind: z.literal('return'), remark: remarkSchema }),
  /** Somebody else is asked. */
  z.object({ kind: z.literal('delegate'), to: shortTextSchema }),
]);
export type Decision = z.infer<typeof decisionSchema>;
