import { z } from 'zod';
import { schemaVersion } from './schema-version.ts';

/** The lists of the standard minutes, by their fields in `minutes.json`. A template says which of them it wants. */
export const LISTS = ['keyPoints', 'decisions', 'openQuestions', 'actionItems'] as const;
export type List = (typeof LISTS)[number];

export const LENGTHS = ['short', 'medium', 'long'] as const;
export type Length = (typeof LENGTHS)[number];

/** What a template can grow to. */
export const TEMPLATE_LIMITS = {
  /** Of the file, and of the value as JSON. */
  bytes: 64 * 1024,
  sections: 20,
  /** Languages in which a text is given. */
  languages: 20,
  name: 60,
  title: 120,
  instruction: 2000,
  tone: 300,
} as const;

/** A text for meetings in every language, or one for each language (ISO 639). */
const wordsSchema = z.union([z.string(), z.record(z.string(), z.string())]);
export type Words = z.infer<typeof wordsSchema>;

/** `jobs/{id}/templates/{sha256}.json`: what minutes contain beside their summary. Part of a job's input. */
export const templateSchema = z.object({
  schemaVersion: schemaVersion(1),
  /** Of a built-in template, or as the user calls it. */
  name: z.string().min(1).max(TEMPLATE_LIMITS.name),
  tone: wordsSchema.optional(),
  length: z.enum(LENGTHS),
  lists: z.array(z.enum(LISTS)),
  sections: z
    .array(
      z.object({
        title: wordsSchema,
        /** What to write under the title. */
        instruction: wordsSchema,
        /** The list whose statements fill the section where no language model writes; absent: nothing does. */
        like: z.enum(LISTS).optional(),
      }),
    )
    .max(TEMPLATE_LIMITS.sections),
});
export type Template = z.infer<typeof templateSchema>;
