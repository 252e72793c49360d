import { z } from 'zod';
import { approvalSchema } from './approval.ts';
import { heardSoundSchema } from './chunk-plan.ts';
import { isoDateSchema, outputOptionsSchema, sha256Schema } from './job-input.ts';
import { JOB_ID_PATTERN, STAGES, TENANT_PATTERN } from './names.ts';
import { MOST_REVISIONS, revisionSchema } from './revision.ts';
import { perRole } from './targets.ts';
import { LISTS } from './template.ts';
import { timeSchema } from './transcript.ts';
import { schemaVersion } from './schema-version.ts';

const spanSchema = z.object({ start: timeSchema, end: timeSchema });
const spanWithReasonSchema = spanSchema.extend({ reason: z.string() });

/** The source of a statement. `quote` is a substring of the joined segment texts, both in NFKC with white space folded. */
export const citationSchema = z.object({
  start: timeSchema,
  end: timeSchema,
  speaker: z.string().nullable(),
  quote: z.string().min(1),
  segmentIds: z.array(z.string()).min(1),
});
export type Citation = z.infer<typeof citationSchema>;

/** What is said of a statement whose sources were looked for and not found. */
const doubtsSchema = {
  /** The words cited lack or contradict a number, a date or a person of the text. Absent: not known to. */
  unsupported: z.literal(true).optional(),
  /** Which ones: "25000", "Friday", "Ann". Absent: none, or the minutes are of an earlier version. */
  lacks: z.array(z.string()).optional(),
  /** The citations that were dropped: the words are not in the transcript. Absent: none, or not recorded. */
  notFound: z.array(z.object({ quote: z.string(), segmentIds: z.array(z.string()) })).optional(),
};

const statementSchema = z.object({
  text: z.string().min(1),
  citations: z.array(citationSchema),
  /** True exactly when there is a citation and all citations were found in the transcript. */
  verified: z.boolean(),
  ...doubtsSchema,
});
export type Statement = z.infer<typeof statementSchema>;

const actionItemSchema = z.object({
  task: z.string().min(1),
  owner: z.string().nullable(),
  /** ISO date; null: the words could not be resolved to a day. */
  due: isoDateSchema.nullable(),
  dueText: z.string().nullable(),
  citations: z.array(citationSchema),
  verified: z.boolean(),
  /** Of the task, its owner and its due date. */
  ...doubtsSchema,
});
export type ActionItem = z.infer<typeof actionItemSchema>;

/** The name of a speaker and the words of the meeting that say it. */
const heardNameSchema = z.object({
  /** Of the speaker. */
  id: z.string(),
  /** As the user named the attendee. */
  name: z.string().min(1),
  citation: citationSchema,
});
export type HeardName = z.infer<typeof heardNameSchema>;

const engineSchema = z.object({
  target: z.string(),
  model: z.string(),
  provider: z.string().nullable(),
  /** Number of items of this document that it answered. */
  items: z.int().nonnegative(),
  label: z.string().nullable(),
});
export type Engine = z.infer<typeof engineSchema>;

const imageVerdictSchema = z.enum(['safe', 'held', 'blocked']);
export type ImageVerdict = z.infer<typeof imageVerdictSchema>;

/** `minutes.json`. */
export const minutesSchema = z.object({
  /** 2: a person edited them, so that no newer run may replace them unasked. 3: they have an `approval`. */
  schemaVersion: schemaVersion(3),
  id: z.string().regex(JOB_ID_PATTERN),
  tenant: z.string().regex(TENANT_PATTERN),
  version: z.int().positive(),
  /** The version that the job had when a run made these, whose names and joins of speakers it kept. Absent: there was none,
   * or they are of an earlier version of Hansard. */
  carriedFrom: z.int().positive().optional(),
  title: z.string(),
  date: isoDateSchema.nullable(),
  /** Who attended, as the user named them. Absent: nobody was named, or the minutes are of an earlier version. */
  attendees: outputOptionsSchema.shape.attendees.optional(),
  language: z.string().nullable(),
  languages: z.array(z.string()),
  durationSeconds: z.number().nonnegative(),
  /** Partial exactly when coverage has a gap or a failed section, or a degradation's reason is a failure of no target; one
   * that costs only the names of speakers does not count. */
  status: z.enum(['complete', 'partial']),
  /** Null: nobody was asked for it. */
  approval: approvalSchema.nullable(),
  /** `id` is its name. */
  template: z.object({
    id: z.string(),
    version: z.int(),
    /** Of its value; absent: the standard one. */
    sha256: sha256Schema.optional(),
    /** The lists that it wants; the others are empty, and not shown. Absent: all. */
    lists: z.array(z.enum(LISTS)).optional(),
  }),
  source: z.object({
    kind: z.enum(['recording', 'transcript']),
    name: z.string(),
    sha256: sha256Schema,
    bytes: z.int(),
    /** The files that the recording is made of, and when each begins. Absent: it is one file. */
    files: z
      .array(
        z.object({ name: z.string(), sha256: sha256Schema, bytes: z.int(), start: z.number() }),
      )
      .optional(),
  }),
  /** What was heard of a recording; minutes of earlier versions lack it. */
  sound: z
    .object({
      /** Streams and channels of each track that was transcribed by itself. */
      tracks: z.array(heardSoundSchema.shape.tracks.unwrap().element.shape.heard),
      leftOut: heardSoundSchema.shape.leftOut,
      cut: heardSoundSchema.shape.cut,
      disagreements: heardSoundSchema.shape.disagreements,
      /** What is heard where no voice was found, and was not sent: it may be a voice after all. */
      inSilence: z.array(z.object({ start: z.number(), end: z.number() })),
    })
    .optional(),
  engines: z.object({
    ...perRole(() => z.array(engineSchema)),
    /** Absent: nobody was asked, or the minutes are of an earlier version. */
    diarize: z.array(engineSchema).optional(),
  }),
  coverage: z.object({
    audioSeconds: z.number(),
    transcribedSeconds: z.number(),
    silenceSeconds: z.number(),
    gaps: z.array(spanWithReasonSchema),
    /**
     * Of `transcribedSeconds`, the voice in answers that say no times: whether all of it has words is not known. Minutes
     * of earlier versions lack it, and plans of earlier versions do not tell.
     */
    untimedSeconds: z.number().nonnegative().optional(),
    /** Where the transcript may be invented; its segments are marked, too. Absent: nowhere. */
    mayBeInvented: z.array(spanSchema).optional(),
    transcriptCharacters: z.int(),
    summarizedCharacters: z.int(),
    sections: z.int(),
    failedSections: z.array(spanWithReasonSchema),
  }),
  degradations: z.array(
    z.object({
      stage: z.enum(STAGES),
      role: z.string(),
      level: z.enum(['fallback', 'earlier', 'simplified', 'missing']),
      /** The target that answered instead; null: none did. */
      target: z.string().nullable(),
      spans: z.array(spanSchema),
      /** The text of a `DegradationReason`; never a provider's words. */
      reason: z.string(),
    }),
  ),
  /** In the order in which they first speak; empty: voices were not told apart. */
  speakers: z.array(
    z.object({
      /** `S1`, `S2`, … */
      id: z.string(),
      /** Null: nobody has named them. */
      name: z.string().nullable(),
      /** Of their segments of the transcript. */
      seconds: z.number(),
      /** Other ids that were found to be this speaker; their segments have this id. Absent: none. */
      joined: z.array(z.string()).optional(),
      /** A name that the meeting says, and where. `name` was found there as long as both are the same; else a person gave it.
       * Absent: nothing was found. */
      heard: heardNameSchema.omit({ id: true }).optional(),
    }),
  ),
  summary: z.string(),
  keyPoints: z.array(statementSchema),
  decisions: z.array(statementSchema),
  openQuestions: z.array(statementSchema),
  actionItems: z.array(actionItemSchema),
  /** The template's own sections; the standard template has none. */
  sections: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      items: z.array(statementSchema),
      /** It has no items because none were written: nobody says that there are none. */
      unwritten: z.literal(true).optional(),
    }),
  ),
  image: z
    .object({
      /** Null unless safe. */
      key: z.string().nullable(),
      verdict: imageVerdictSchema,
      /** Probability of unsafe content, 0 to 1; null: the classifier did not answer. */
      score: z.number().min(0).max(1).nullable(),
      quality: z.number().min(0).max(1),
      watermark: z.object({ text: z.string(), metadata: z.boolean() }).nullable(),
      model: z.string(),
      prompt: z.string(),
    })
    .nullable(),
  /** What people changed since a run made these minutes, the oldest first. Absent: nothing. */
  revisions: z.array(revisionSchema).max(MOST_REVISIONS).optional(),
  cost: z.object({
    totalUsd: z.number().nullable(),
    entries: z.int().nonnegative(),
    inDoubt: z.int().nonnegative(),
  }),
});
export type Minutes = z.infer<typeof minutesSchema>;

/** `jobs/{id}/summary.json`: the part of the minutes that the transcript gives, with verified citations. */
export const summarySchema = minutesSchema
  .pick({
    summary: true,
    keyPoints: true,
    decisions: true,
    openQuestions: true,
    actionItems: true,
  })
  .extend({
    /** Absent: the template has none. */
    sections: minutesSchema.shape.sections.optional(),
    /** Of speakers whom nobody has named. Absent: none. */
    heardNames: z.array(heardNameSchema).optional(),
    // Older summaries lack it.
    schemaVersion: schemaVersion(1).optional(),
  });
export type Summary = z.infer<typeof summarySchema>;
