import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import { editedChange } from '../../../client/jobs/edited-change.ts';
import { sampleMinutes, sampleTranscript } from '../../activities/minutes/render/sample-minutes.ts';

/** What `edit` takes of a file, and what it says of one that it cannot take. */

const minutes = {
  ...sampleMinutes,
  version: 3,
  speakers: [{ id: 'S1', name: 'Ann', seconds: 10 }],
  sections: [{ id: 'risks', title: 'Risks', items: [], unwritten: true }],
  // Of a newer version of Hansard.
  mood: { good: true },
};
const transcript = {
  ...sampleTranscript,
  segments: sampleTranscript.segments.map((segment) => ({ ...segment, chunk: 0, again: 1 })),
};
const id = minutes.id;
const home = `default/jobs/${id}/versions/3/`;
const row = { id, tenant: 'default', minutesKey: `${home}minutes.json` } as JobRow;
const stored: Readonly<Record<string, unknown>> = {
  [`${home}minutes.json`]: minutes,
  [`${home}transcript.json`]: transcript,
};
const store = {
  getJson: <T>(key: string, schema: z.ZodType<T>) => Promise.resolve(schema.parse(stored[key])),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hansard-edit-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function take(file: unknown, madeFrom?: number) {
  const path = join(folder, 'edited.json');
  const bytes = typeof file === 'string' || Buffer.isBuffer(file) ? file : JSON.stringify(file);
  await writeFile(path, bytes);
  return editedChange(path, row, { store, madeFrom });
}
async function refusalOf(
  file: unknown,
  madeFrom?: number,
  name = 'UnusableEditError',
): Promise<string> {
  const error: unknown = await take(file, madeFrom).catch((thrown: unknown) => thrown);
  if (!(error instanceof Error) || error.name !== name) throw error;
  return error.message.replaceAll(`${folder}/`, '');
}
const without = (object: object, name: string) =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

test.each([
  ['minutes', minutes],
  ['a transcript', transcript],
  [
    'minutes with other derived values',
    {
      ...minutes,
      decisions: minutes.decisions.map((one) => ({
        ...one,
        verified: false,
        unsupported: true,
        lacks: ['Ann'],
        notFound: [{ quote: 'nobody said this', segmentIds: [] }],
      })),
      sections: [{ id: 'risks', title: 'Risks', items: [] }],
    },
  ],
  ['a transcript without its chunks', { ...transcript, segments: sampleTranscript.segments }],
  [
    'a transcript with other numbers of segments',
    { ...transcript, segments: transcript.segments.map((one) => without(one, 'id')) },
  ],
])('%s as they were have no change', async (_, file) => {
  await expect(take(file)).resolves.toBeNull();
});

test('a change is taken without what is derived, and without the facts', async () => {
  const [decision] = minutes.decisions;
  await expect(
    take({
      ...minutes,
      title: 'Budget',
      decisions: [{ ...decision, text: 'Ship.' }, { text: 'Rest.' }],
    }),
  ).resolves.toEqual({
    file: 'minutes',
    title: 'Budget',
    date: '2026-11-23',
    summary: minutes.summary,
    keyPoints: [
      {
        text: 'The release is planned.',
        citations: [{ quote: 'let us plan the release', segmentIds: ['s1'] }],
      },
    ],
    decisions: [
      {
        text: 'Ship.',
        citations: [{ quote: 'ship on the first of March', segmentIds: ['s2'] }],
      },
      { text: 'Rest.', citations: [] },
    ],
    openQuestions: [{ text: 'Who tests the installer?', citations: [] }],
    actionItems: [
      {
        task: 'Write the release notes',
        owner: 'Anna',
        due: '2026-12-01',
        dueText: 'by the first of December',
        citations: [{ quote: 'Anna will write the notes', segmentIds: ['s2'] }],
      },
      {
        task: 'Test the installer',
        owner: null,
        due: null,
        dueText: 'when there is time',
        citations: [],
      },
    ],
    sections: [{ id: 'risks', items: [] }],
    speakers: [{ id: 'S1', name: 'Ann' }],
  });
});

const [one, two, three] = transcript.segments;

test.each<[string, unknown, string]>([
  [
    'a comma that is missing',
    '{"a": 1\n  "b": 2}',
    'is not JSON at line 2, column 3: comma expected',
  ],
  ['a word', '{"a":\n secret}', 'is not JSON at line 2, column 2'],
  [
    'a file of another kind',
    Buffer.from('255044462d312e370affd8', 'hex'),
    'is no text in UTF-8: edit takes minutes.json or transcript.json, as result wrote it',
  ],
  ['a list', [], 'is JSON, but neither minutes.json nor transcript.json'],
  ['something else', { a: 1 }, 'is neither minutes.json nor transcript.json'],
  ['another job', { ...minutes, id: 'b'.repeat(26) }, `the minutes of another job than ${id}`],
  ['no version', without(minutes, 'version'), 'version: is missing, and cannot be removed'],
  ['no decisions', without(minutes, 'decisions'), 'decisions: is missing. It must be a list'],
  [
    'a date that does not exist',
    { ...minutes, actionItems: [{ task: 'secret', due: '2026-02-31' }] },
    'actionItems[0].due: Invalid ISO date',
  ],
  [
    'a field with a typing error',
    { ...minutes, actionItems: [{ task: 'secret', ownr: 'Ann' }] },
    'actionItems[0]: has a field that is not known there (ownr)',
  ],
  ['a control character', { ...minutes, title: 'a\u001b[31m' }, 'title: has control characters'],
  ['half a character', { ...minutes, summary: 'a\ud83d' }, 'summary: has control characters'],
  [
    'a changed fact',
    { ...minutes, coverage: { ...minutes.coverage, gaps: [{ start: 1, end: 2, reason: 'x' }] } },
    'coverage.gaps[0]: cannot be changed: it says what the machine did',
  ],
  ['a removed fact', without(minutes, 'cost'), 'cost: is missing, and cannot be removed'],
  ['an own field', { ...minutes, colour: 'red' }, 'colour: is no field of this file'],
  [
    'a new speaker',
    { ...minutes, speakers: [...minutes.speakers, { id: 'S2', name: 'Tom', seconds: 1 }] },
    'speakers[1]: cannot be changed here: it follows from transcript.json',
  ],
  [
    'a title of a section',
    { ...minutes, sections: [{ id: 'risks', title: 'Dangers', items: [] }] },
    'sections[0].title: cannot be changed',
  ],
  [
    'more evidence than can be looked up',
    {
      ...minutes,
      decisions: Array.from({ length: 61 }, () => ({
        text: 'a',
        citations: Array.from({ length: 50 }, () => ({ quote: 'b' })),
      })),
    },
    'has more than 3000 citations',
  ],
  ['no segments', { ...transcript, segments: [] }, 'segments: must be at least 1'],
  [
    'a speaker by name',
    { ...transcript, segments: [{ ...one, speaker: 'Ann' }] },
    'segments[0].speaker: must be the id of a speaker, such as S1, or null',
  ],
  [
    'times turned round',
    { ...transcript, segments: [{ ...one, start: 3, end: 1 }] },
    'segments[0]: ends before it starts',
  ],
  [
    'a time after the end',
    { ...transcript, segments: [one, { ...two, end: 200 }, three] },
    'segments[1]: is after the end of the recording (123.4 s)',
  ],
  [
    'segments out of order',
    { ...transcript, segments: [two, one, three] },
    'segments[1].start: is before the start of the segment above it',
  ],
  ['another duration', { ...transcript, durationSeconds: 1 }, 'durationSeconds: cannot be changed'],
])('%s is refused by its place, and nothing of it is repeated', async (_, file, message) => {
  const refusal = await refusalOf(file);
  expect(refusal).toContain(`edited.json`);
  expect(refusal).toContain(message);
  expect(refusal).not.toContain('secret');
});

test('at most five problems are told, and how many more there are', async () => {
  const segments = transcript.segments.flatMap((segment) => [
    { ...segment, text: '' },
    { ...segment, text: ' ' },
    { ...segment, text: '' },
  ]);
  const refusal = await refusalOf({ ...transcript, segments });
  expect(refusal.split('\n')).toHaveLength(6);
  expect(refusal).toContain('and 4 more');
});

test('minutes say what they were made from, and a transcript by an option: earlier versions are outdated', async () => {
  const file = { ...transcript, segments: [one, two] };
  await expect(take(file, 3)).resolves.toMatchObject({ file: 'transcript' });
  const outdated = await refusalOf(file, 1, 'VersionOutdatedError');
  expect(outdated).toContain('is made from version 1');
  await expect(refusalOf({ ...minutes, version: 2 }, undefined, 'VersionOutdatedError')).resolves
    .toBe(`edited.json is made from version 2, and version 3 is shown now: make your changes in the files that \
npm run -s hansard -- result ${id} --out DIR writes`);
});

test('what is no file is refused', async () => {
  const read = (path: string) => editedChange(path, row, { store, madeFrom: undefined });
  await expect(read(folder)).rejects.toThrow('is not a file');
  await expect(read(join(folder, 'none'))).rejects.toThrow('does not exist');
});

const EDITABLE: ReadonlySet<string> = new Set(
  'title date attendees summary keyPoints decisions openQuestions actionItems speakers sections version'.split(
    ' ',
  ),
);
/** Every value inside the facts of the minutes, by its path. */
const FACTS = placesIn(without(minutes, ''), []).filter(([name]) => !EDITABLE.has(name ?? ''));

function placesIn(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function changedAt(value: unknown, [name, ...rest]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to;
  const copy: Record<string, unknown> = { ...(value as object) };
  copy[name] = changedAt(copy[name], rest, to);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

test('a change of any fact is refused by the name of its field', async () => {
  expect(FACTS.length).toBeGreaterThan(50);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...FACTS), fc.jsonValue(), async (path, to) => {
      const file = changedAt(minutes, path, to);
      if (JSON.stringify(file) === JSON.stringify(minutes)) return;
      await expect(refusalOf(file)).resolves.toContain(path[0] === 'id' ? 'another job' : path[0]);
    }),
  );
});
