import { z } from 'zod';
import { LEDGER_STATES } from '../../../adapters/paid-call/ledger.ts';
import { heardSoundSchema } from '../../../workflows/contracts/chunk-plan.ts';
import { approvalSchema } from '../../../workflows/contracts/approval.ts';
import { isoDateSchema, sha256Schema } from '../../../workflows/contracts/job-input.ts';
import { minutesSchema } from '../../../workflows/contracts/minutes.ts';
import { revisionSchema } from '../../../workflows/contracts/revision.ts';
import { VERDICT_KINDS } from '../../../workflows/contracts/verdicts.ts';
import { storedResultSchema } from '../../../workflows/contracts/stored-results.ts';
import { ROLES } from '../../../workflows/contracts/targets.ts';
import { timeSchema } from '../../../workflows/contracts/transcript.ts';

/** Where a segment was heard. Times are seconds of the recording. */
const heardSchema = z.strictObject({
  /** From 0, and how many the plan has. */
  chunk: z.int().nonnegative(),
  of: z.int().positive(),
  start: z.number(),
  end: z.number(),
  /** Seconds from the start of the chunk to the start of the segment. */
  offset: z.number().nullable(),
  /** Null: the recording has one track. `heard`: its streams and channels. */
  track: z
    .strictObject({
      number: z.int().positive(),
      of: z.int().positive(),
      heard: heardSoundSchema.shape.tracks.unwrap().element.shape.heard,
    })
    .nullable(),
  /** The answer that the words are from. */
  callKey: sha256Schema,
});
export type Heard = z.infer<typeof heardSchema>;

const citedSegmentSchema = z.strictObject({
  id: z.string(),
  start: timeSchema,
  end: timeSchema,
  text: z.string(),
  mayBeInvented: z.boolean(),
  /** The file that it is heard in, and when, in seconds of that file; null: the minutes are of a transcript. */
  file: z.strictObject({ name: z.string(), start: timeSchema }).nullable(),
  /** Null: of a transcript, or the minutes do not tell. */
  heard: heardSchema.nullable(),
});
export type CitedSegment = z.infer<typeof citedSegmentSchema>;

const citationSchema = z.strictObject({
  quote: z.string(),
  start: timeSchema,
  end: timeSchema,
  /** Null: unknown, or several. */
  speaker: z.strictObject({ id: z.string(), name: z.string().nullable() }).nullable(),
  segments: z.array(citedSegmentSchema),
});

const insteadOfSchema = z.strictObject({
  /** Null: no target is configured, or none was to blame. */
  target: z.string().nullable(),
  /** A failure type, or `stored`: another target's answer was there already. */
  reason: z.string(),
});

const writtenSchema = z.strictObject({
  /** `unknown`: minutes of an earlier version, or with other segments than were heard, do not tell. */
  by: z.enum(['model', 'rules', 'person', 'unknown']),
  /** The change with which a person wrote it, and who they say they are; null unless by a person. */
  edit: z.strictObject(revisionSchema.pick({ version: true, by: true, at: true }).shape).nullable(),
  /** The rule; null unless by rules. */
  rule: z.string().nullable(),
  /** The call whose answer has the statement; null: none, or not known. */
  callKey: sha256Schema.nullable(),
  /** The calls whose answers that call joined, as far as they read what is cited. */
  from: z.array(sha256Schema),
  /** Which sections of the transcript they read, from 1; and how many there are. */
  sections: z.array(z.int().positive()),
  ofSections: z.int().nonnegative(),
  /** The targets that should have written it before rules did. */
  insteadOf: z.array(insteadOfSchema),
});
export type Written = z.infer<typeof writtenSchema>;

const sentenceSchema = z.strictObject({
  /** From 1. */
  number: z.int().positive(),
  text: z.string(),
  /** The ids of the statements that have its words; empty: none has. */
  statements: z.array(z.string()),
  /** The citations of these statements; where there are none, the segments that have its words. Empty: no source was found. */
  citations: z.array(citationSchema),
});
export type ExplainedSentence = z.infer<typeof sentenceSchema>;

const itemSchema = z.strictObject({
  /** `summary`, or as `itemId` has it. */
  id: z.string(),
  kind: z.enum(['summary', 'keyPoint', 'decision', 'actionItem', 'openQuestion', 'section']),
  /** The title of the template's section. */
  section: z.string().nullable(),
  text: z.string(),
  /** Null unless an action item has it. */
  owner: z.string().nullable(),
  due: isoDateSchema.nullable(),
  dueText: z.string().nullable(),
  /** Null: a summary, which cites nothing. */
  verified: z.boolean().nullable(),
  /** What was looked for in the words cited and is not there. */
  lacks: z.array(z.string()),
  isUnsupported: z.boolean(),
  /** What was looked for in the transcript and is not there. */
  notFound: z.array(z.strictObject({ quote: z.string(), segmentIds: z.array(z.string()) })),
  citations: z.array(citationSchema),
  /** Where each sentence of a summary is from. Absent: the item is none. */
  sentences: z.array(sentenceSchema).optional(),
  written: writtenSchema,
});
export type ExplainedItem = z.infer<typeof itemSchema>;

const trySchema = z.strictObject({
  /** The job that paid. */
  jobId: z.string(),
  callKey: sha256Schema,
  ordinal: z.int().positive(),
  target: z.string(),
  state: z.enum(LEDGER_STATES),
  verdict: z.enum(VERDICT_KINDS).nullable(),
  at: z.iso.datetime(),
  usage: storedResultSchema.shape.usage,
  costUsd: z.number().nullable(),
});
export type ExplainedTry = z.infer<typeof trySchema>;

const callSchema = z.strictObject({
  callKey: sha256Schema,
  role: z.enum(ROLES),
  /** `again`: a stretch that the first answer left in doubt; `repair`: after an answer of no use. */
  question: z.enum(['first', 'again', 'repair']),
  /** Null: the answer is no longer stored. */
  answer: z
    .strictObject({
      target: z.string(),
      contract: z.string(),
      model: z.string(),
      label: z.string().nullable(),
      servedModel: z.string().nullable(),
      provider: z.string().nullable(),
      revision: z.string().nullable(),
      at: z.iso.datetime(),
      /** Null: there is no prompt, or the answer is of an earlier version. */
      promptVersion: z.int().nullable(),
      template: z.string().nullable(),
      /** It answers an earlier version of the prompt: no target answered the present one. */
      isEarlier: z.boolean(),
    })
    .nullable(),
  /** Every try of this piece of work, at any target, in the order of time; the last accepted one gave the answer. */
  tries: z.array(trySchema),
  /** The targets of the chain that should have answered before. */
  insteadOf: z.array(insteadOfSchema),
});
export type ExplainedCall = z.infer<typeof callSchema>;

/** What `explain --json` prints. */
export const explanationSchema = z.strictObject({
  schemaVersion: z.literal(1),
  id: z.string(),
  tenant: z.string(),
  version: z.int().positive(),
  status: minutesSchema.shape.status,
  /** As in the minutes; null: nobody is asked for it. */
  approval: approvalSchema.nullable(),
  template: z.strictObject(minutesSchema.shape.template.shape),
  source: z.strictObject({ kind: z.enum(['recording', 'transcript']), name: z.string() }),
  /** How speakers were told apart; `call` names the answer. */
  speakers: z.strictObject({
    by: z.enum(['tracks', 'call', 'transcript', 'nobody']),
    callKey: sha256Schema.nullable(),
  }),
  /** Whether the version keeps its answers; false: as of Hansard's earlier versions, or a person changed its segments. */
  isTraced: z.boolean(),
  gaps: minutesSchema.shape.coverage.shape.gaps,
  items: z.array(itemSchema),
  /** Every call that is named above, in the order in which it is first named. */
  calls: z.array(callSchema),
});
export type Explanation = z.infer<typeof explanationSchema>;
