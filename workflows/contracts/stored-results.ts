import { z } from 'zod';
import { sha256Schema } from './job-input.ts';
import { ROLES } from './targets.ts';
import { schemaVersion } from './schema-version.ts';

/** What a call consumed; null: neither the provider nor Hansard knows. */
const usageSchema = z.object({
  inputTokens: z.int().nonnegative().nullable(),
  outputTokens: z.int().nonnegative().nullable(),
  audioSeconds: z.number().nonnegative().nullable(),
  images: z.int().nonnegative().nullable(),
  computeSeconds: z.number().nonnegative().nullable(),
});
export type Usage = z.infer<typeof usageSchema>;

/** Times are seconds from the start of the chunk. */
export const transcribeAnswerSchema = z.object({
  text: z.string(),
  /** ISO 639-1 code from the engine; null: it gave none. */
  language: z.string().nullable(),
  /** Absent: they were not asked for. */
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).optional(),
  segments: z.array(
    z.object({
      start: z.number().nullable(),
      end: z.number().nullable(),
      text: z.string(),
      /** The engine did not say when this was said: the times only keep the order. */
      isTimeEstimated: z.literal(true).optional(),
      /** How Whisper's decoder judged the window with this text; absent: the engine does not say. */
      compressionRatio: z.number().optional(),
      noSpeechProbability: z.number().optional(),
      averageLogProbability: z.number().optional(),
    }),
  ),
});
export type TranscribeAnswer = z.infer<typeof transcribeAnswerSchema>;

/** Who speaks when, in seconds from the start of the recording; in order. */
export const diarizeAnswerSchema = z.object({
  turns: z.array(
    z.object({
      start: z.number().nonnegative(),
      end: z.number().nonnegative(),
      /** The engine's name of the voice. */
      speaker: z.string().min(1).max(100),
    }),
  ),
});
export type DiarizeAnswer = z.infer<typeof diarizeAnswerSchema>;

export const summarizeAnswerSchema = z.object({ text: z.string() });
export type SummarizeAnswer = z.infer<typeof summarizeAnswerSchema>;

/** The picture itself is in `quarantine/{sha256}`. */
export const illustrateAnswerSchema = z.object({
  sha256: sha256Schema,
  bytes: z.int().positive(),
  mediaType: z.enum(['image/png', 'image/jpeg', 'image/webp']),
  /** What was asked for; absent in older answers. */
  prompt: z.string().optional(),
});
export type IllustrateAnswer = z.infer<typeof illustrateAnswerSchema>;

export const labelsAnswerSchema = z.object({
  labels: z.array(z.object({ label: z.string(), score: z.number().min(0).max(1) })).min(1),
});
export type LabelsAnswer = z.infer<typeof labelsAnswerSchema>;

/** The parts of a work key that tell which question it was: the key is a digest, and says none of them. */
const askedSchema = z.object({
  /** `standard/1`; null: the work has no template. */
  template: z.string().nullable(),
  promptVersion: z.int().nonnegative(),
  /** The work key of the plain question, if the call repairs a bad answer to it. */
  repairs: sha256Schema.optional(),
});
export type Asked = z.infer<typeof askedSchema>;

/** One accepted answer, as S3 holds it under its call key. */
export const storedResultSchema = z.object({
  schemaVersion: schemaVersion(1),
  role: z.enum(ROLES),
  workKey: sha256Schema,
  /** Absent: there is no prompt, or the answer is of an earlier version. */
  asked: askedSchema.optional(),
  callKey: sha256Schema,
  /** Which try of this call key was accepted; the first is 1. */
  ordinal: z.int().positive(),
  /** The ledger row that paid for it. */
  ledgerEntryId: z.string(),
  target: z.string(),
  contract: z.string(),
  model: z.string(),
  label: z.string().nullable(),
  /** From the answer's headers or body; null: not in them. */
  provider: z.string().nullable(),
  servedModel: z.string().nullable(),
  revision: z.string().nullable(),
  requestId: z.string().nullable(),
  createdAt: z.iso.datetime(),
  usage: usageSchema,
  /** By role: one of the answer schemas above. */
  answer: z.unknown(),
});
export type StoredResult = z.infer<typeof storedResultSchema>;

/** `…/by-work/{workKey}`: the call whose answer was accepted for this work. */
export const resultPointerSchema = z.object({
  schemaVersion: schemaVersion(1),
  callKey: sha256Schema,
  resultKey: z.string(),
});
export type ResultPointer = z.infer<typeof resultPointerSchema>;
