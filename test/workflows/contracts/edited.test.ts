import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  editedMinutesSchema,
  editedSchema,
  editedTranscriptSchema,
} from '../../../workflows/contracts/edited.ts';
import {
  minutesSchema,
  type ActionItem,
  type Minutes,
  type Statement,
} from '../../../workflows/contracts/minutes.ts';
import { transcriptSchema, type Segment } from '../../../workflows/contracts/transcript.ts';

/** A person edits the files that `result` writes: each of their fields is theirs to change, or is derived again. */

type Schema = z.core.$ZodType;

/** What a value of this schema is read as: without defaults, transforms and the like. */
function inner(schema: Schema): Schema {
  if (schema instanceof z.ZodPipe) return inner(schema.in);
  if (schema instanceof z.ZodOptional) return inner(schema.unwrap());
  if (schema instanceof z.ZodNullable) return inner(schema.unwrap());
  if (schema instanceof z.ZodDefault) return inner(schema.unwrap());
  if (schema instanceof z.ZodArray) return inner(schema.element);
  return schema;
}

/** The paths of the fields that a file may have and the schema of its edit does not know. */
function unknownIn(file: Schema, edit: Schema, path: string): string[] {
  const [written, read] = [inner(file), inner(edit)];
  if (!(written instanceof z.ZodObject) || !(read instanceof z.ZodObject)) return [];
  const known = new Map<string, Schema>(Object.entries(read.shape));
  const fields: [string, Schema][] = Object.entries(written.shape);
  return fields.flatMap(([name, field]) => {
    const edited = known.get(name);
    if (edited !== undefined) return unknownIn(field, edited, `${path}.${name}`);
    // The top level has the facts of the machine beside what may be edited.
    return path === '' ? [] : [`${path}.${name}`];
  });
}

test('an edited file may have every field of the file, so that what `result` wrote is taken back', () => {
  expect(unknownIn(minutesSchema, editedMinutesSchema, '')).toEqual([]);
  expect(unknownIn(transcriptSchema, editedTranscriptSchema, '')).toEqual([]);
});

const citation = { start: 0, end: 3, speaker: 'S1', quote: 'Good morning', segmentIds: ['s1'] };
const statement = {
  text: 'It costs 25,000.',
  citations: [citation],
  verified: false,
  unsupported: true,
  lacks: ['25000'],
  notFound: [{ quote: 'we sell the lighthouse', segmentIds: ['s9'] }],
} satisfies Required<Statement>;
const { text, ...evidence } = statement;
const task = {
  ...evidence,
  task: text,
  owner: 'S1',
  due: '2026-11-27',
  dueText: 'by Friday',
} satisfies Required<ActionItem>;
const segment = {
  id: 's1',
  start: 0,
  end: 3,
  speaker: 'S1',
  language: 'en',
  text: 'Good morning.',
  mayBeInvented: true,
  chunk: 2,
  again: 0,
} satisfies Required<Segment>;
const section = {
  id: 'risks',
  title: 'Risks',
  items: [statement],
  unwritten: true,
} satisfies Required<Minutes['sections'][number]>;
const speaker = {
  id: 'S1',
  name: 'Ann',
  seconds: 3,
  joined: ['S4'],
  heard: {
    name: 'Ann',
    citation: { start: 0, end: 1, speaker: 'S1', quote: 'I am Ann', segmentIds: ['s1'] },
  },
} satisfies Required<Minutes['speakers'][number]>;

const stated = { text, citations: [{ quote: 'Good morning', segmentIds: ['s1'] }] };
const { owner, due, dueText } = task;

test.each([
  [
    editedMinutesSchema,
    {
      file: 'minutes',
      title: 'Harbour',
      date: '2026-11-23',
      attendees: ['Ann'],
      summary: 'All is well.',
      keyPoints: [statement],
      decisions: [statement],
      openQuestions: [statement],
      actionItems: [task],
      sections: [section],
      speakers: [speaker],
    },
    {
      file: 'minutes',
      title: 'Harbour',
      date: '2026-11-23',
      attendees: ['Ann'],
      summary: 'All is well.',
      keyPoints: [stated],
      decisions: [stated],
      openQuestions: [stated],
      actionItems: [{ task: text, owner, due, dueText, citations: stated.citations }],
      sections: [{ id: 'risks', items: [stated] }],
      speakers: [{ id: 'S1', name: 'Ann' }],
    },
  ],
  [
    editedTranscriptSchema,
    { file: 'transcript', language: 'en', segments: [segment] },
    {
      file: 'transcript',
      language: 'en',
      segments: [
        {
          id: 's1',
          start: 0,
          end: 3,
          speaker: 'S1',
          language: 'en',
          text: 'Good morning.',
          mayBeInvented: true,
        },
      ],
    },
  ],
])('what is derived is accepted, and nothing of it is kept (%#)', (schema, file, kept) => {
  expect(schema.parse(file)).toEqual(kept);
  expect(editedSchema.parse(kept)).toEqual(kept);
});
