import { z } from 'zod';

/**
 * What a summarising model answers, for a section (map) and for several partial summaries (reduce) alike.
 * It is also the JSON schema sent along. Citations are claims here; nobody has verified them yet.
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
        /** The words that say when, as spoken: "by next Friday"; null where nobody said. */
        dueText: z.string().max(200).nullable(),
        citations: z.array(claimSchema).max(8),
      }),
    )
    .max(100),
});
export type SummaryDraft = z.infer<typeof summaryDraftSchema>;
export type DraftClaim = z.infer<typeof claimSchema>;
