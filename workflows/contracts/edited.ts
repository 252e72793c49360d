import { z } from 'zod';
import { isoDateSchema } from './job-input.ts';
import { timeSchema } from './transcript.ts';

/**
 * What a person may change in `minutes.json` and `transcript.json`. Only this is stored of an edited file: what the
 * machine measured, counted or checked cannot be changed by an edit, because an edit has no place for it.
 */

/** Cannot be stored, or would steer a terminal; tabs and line ends can stay. */
const isPlain = (written: string): boolean => !/[\p{Cs}]|[^\P{Cc}\t\n\r]/u.test(written);

const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((written) => written.trim() !== '', 'must not be empty')
    .refine(isPlain, 'has control characters or broken ones');

const lineOf = (longest: number) =>
  text(longest).refine((line) => !/[\t\n\r]/u.test(line), 'must be on one line');

/** Of a file, the fields that are derived: they are computed again, whatever the file says. */
const derived = z.unknown().optional();
const verdict = {
  verified: derived,
  unsupported: derived,
  lacks: derived,
  notFound: derived,
};

type ObjectOf = <S extends z.core.$ZodShape>(shape: S) => z.ZodObject<S>;

/** In a file that a person wrote, a field that is not known is a typing error, which would be lost without a word. */
const inFile: ObjectOf = (shape) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const named = issue.keys.filter((key) => /^\w{1,40}$/.test(key)).slice(0, 5);
      return `has a field that is not known there${named.length > 0 ? ` (${named.join(', ')})` : ''}`;
    },
  });
/** In what is stored, it is of a later version. */
const inStore: ObjectOf = (shape) => z.object(shape);

const MOST_STATEMENTS = 1_000;
/** Each is looked for in the whole transcript. */
const MOST_CITATIONS = 3_000;

function minutesSchemaOf(object: ObjectOf) {
  /** Evidence as a person gives it: words of the transcript, and where they stand if they are not to be looked for. */
  const citation = object({
    quote: text(5_000),
    segmentIds: z.array(z.string().max(20)).max(1_000).default([]),
    start: derived,
    end: derived,
    speaker: derived,
  }).transform(({ quote, segmentIds }) => ({ quote, segmentIds }));
  const citations = z.array(citation).max(50).default([]);
  const statement = object({
    text: text(10_000),
    citations,
    ...verdict,
  }).transform((written) => ({ text: written.text, citations: written.citations }));
  const statements = z.array(statement).max(MOST_STATEMENTS);
  const actionItem = object({
    task: text(10_000),
    /** A speaker's id, or a name. */
    owner: text(200).nullable().default(null),
    due: isoDateSchema.nullable().default(null),
    dueText: text(500).nullable().default(null),
    citations,
    ...verdict,
  }).transform(({ task, owner, due, dueText, citations: evidence }) => ({
    task,
    owner,
    due,
    dueText,
    citations: evidence,
  }));
  const section = object({
    id: z.string(),
    title: derived,
    items: statements,
    unwritten: derived,
  }).transform(({ id, items }) => ({ id, items }));
  const speaker = object({
    id: z.string(),
    name: lineOf(100).nullable(),
    seconds: derived,
    joined: derived,
    heard: derived,
  }).transform(({ id, name }) => ({ id, name }));
  return z
    .object({
      file: z.literal('minutes'),
      title: lineOf(400),
      date: isoDateSchema.nullable(),
      attendees: z.array(lineOf(100)).max(200).optional(),
      summary: z.string().max(200_000).refine(isPlain, 'has control characters or broken ones'),
      keyPoints: statements,
      decisions: statements,
      openQuestions: statements,
      actionItems: z.array(actionItem).max(MOST_STATEMENTS),
      sections: z.array(section).max(100),
      speakers: z.array(speaker).max(100_000),
    })
    .refine(
      ({ keyPoints, decisions, openQuestions, actionItems, sections }) =>
        [keyPoints, decisions, openQuestions, actionItems, ...sections.map(({ items }) => items)]
          .flat()
          .reduce((sum, one) => sum + one.citations.length, 0) <= MOST_CITATIONS,
      `has more than ${MOST_CITATIONS} citations`,
    );
}

function transcriptSchemaOf(object: ObjectOf) {
  const language = z
    .string()
    .regex(/^[a-z]{2,3}$/, 'must be a code of two or three letters, or null')
    .nullable();
  const segment = object({
    /** As in the file that was edited, where the segment is one of it, or a part. Absent: its words tell. */
    id: z.string().max(20).optional(),
    start: timeSchema,
    end: timeSchema,
    speaker: z
      .string()
      .regex(/^S[1-9]\d{0,4}$/, 'must be the id of a speaker, such as S1, or null')
      .nullable(),
    language,
    text: text(1_000_000),
    mayBeInvented: z.literal(true).optional(),
    chunk: derived,
    again: derived,
  })
    .refine(
      ({ start, end }) => start === null || end === null || start <= end,
      'ends before it starts',
    )
    .transform(({ chunk: _chunk, again: _again, ...written }) => written);
  return z.object({
    file: z.literal('transcript'),
    language,
    segments: z.array(segment).min(1).max(200_000),
  });
}

/** Of a whole `minutes.json`, with `file` to say what it is. */
export const editedMinutesSchema = minutesSchemaOf(inFile);
export type EditedMinutes = z.infer<typeof editedMinutesSchema>;
export type EditedStatement = EditedMinutes['keyPoints'][number];
export type EditedActionItem = EditedMinutes['actionItems'][number];

/** Of a whole `transcript.json`. */
export const editedTranscriptSchema = transcriptSchemaOf(inFile);
export type EditedTranscript = z.infer<typeof editedTranscriptSchema>;

/** What is stored of an edited file: nothing that is derived, and no fact of the machine. */
export const editedSchema = z.discriminatedUnion('file', [
  minutesSchemaOf(inStore),
  transcriptSchemaOf(inStore),
]);
export type Edited = z.infer<typeof editedSchema>;
