import { z } from 'zod';

/**
 * The answer of a summarising model, for one section (map) or for several partial summaries (reduce). The request
 * carries it as a JSON schema. Its citations are claims that Hansard has not verified yet.
 */
const claimSchema = z.object({
  segmentIds: z.array(z.string()).max(20),
  /** Words copied from the transcript. */
  quote: z.string().max(600),
});

const draftStatementSchema = z.object({
  text: z.string().min(1).max(2000),
  citations: z.array(claimSchema).max(8),
});

export const summaryDraftSchema = z.object({
  summary: z.string().max(12_000),
  keyPoints: z.array(draftStatementSchema).max(40),
  decisions: z.array(draftStatementSchema).max(60),
  openQuestions: z.array(draftStatementSchema).max(60),
  actionItems: z
    .array(
      z.object({
        task: z.string().min(1).max(2000),
        owner: z.string().max(200).nullable(),
        /** When it is due, in the words spoken: "by next Friday"; null: nobody gave a date. */
        dueText: z.string().max(200).nullable(),
        citations: z.array(claimSchema).max(8),
      }),
    )
    .max(100),
  /**
   * The entries of the template's own sections, by their ids; null: they could not be written. A section that is not
   * here was left out. Absent: the template has none.
   */
  sections: z.record(z.string(), z.array(draftStatementSchema).max(40).nullable()).optional(),
});
export type SummaryDraft = z.infer<typeof summaryDraftSchema>;

/** Who a speaker is, as a section's answer says: asked for where voices are told apart and attendees are named. */
export const speakerClaimSchema = z.object({
  /** `S1` */
  id: z.string().max(20),
  name: z.string().min(1).max(100),
  citation: claimSchema,
});
export type SpeakerClaim = z.infer<typeof speakerClaimSchema>;
export type DraftClaim = z.infer<typeof claimSchema>;
