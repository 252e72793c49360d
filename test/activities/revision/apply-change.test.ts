import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { applyChange, type ChangeInWords } from '../../../activities/revision/apply-change.ts';
import type { Documents } from '../../../activities/revision/documents.ts';
import { sampleMinutes, sampleTranscript } from '../minutes/render/sample-minutes.ts';

const [first, second, third] = sampleTranscript.segments;
const [action] = sampleMinutes.actionItems;
if (!first || !second || !third || !action) throw new Error('the sample is too short');

/** S1 for 3 s, S2 for 7 s, S3 for 3 s; S2 takes on the task. */
const BASE: Documents = {
  transcript: {
    ...sampleTranscript,
    segments: [
      { ...first, start: 0, end: 3, speaker: 'S1' },
      { ...second, start: 3, end: 10, speaker: 'S2' },
      { ...third, start: 61, end: 64, speaker: 'S3' },
    ],
  },
  minutes: {
    ...sampleMinutes,
    speakers: [
      { id: 'S1', name: null, seconds: 3 },
      { id: 'S2', name: 'Tom', seconds: 7 },
      { id: 'S3', name: null, seconds: 3 },
    ],
    actionItems: [
      {
        ...action,
        owner: 'S2',
        citations: [
          { start: 3, end: 10, speaker: 'S2', quote: 'Anna will write', segmentIds: ['s2'] },
        ],
      },
    ],
  },
};
const common = {
  schemaVersion: 1,
  by: 'Ann',
  at: '2026-03-02T10:00:00.000Z',
  baseKey: 'default/jobs/x/versions/1/minutes.json',
};
const rename = (speaker: string, name: string): ChangeInWords => ({
  ...common,
  kind: 'rename',
  speaker,
  name,
});
const join = (speaker: string, into: string): ChangeInWords => ({
  ...common,
  kind: 'join',
  speaker,
  into,
});
const speakersAfter = (...changes: readonly ChangeInWords[]) =>
  changes.reduce(applyChange, BASE).minutes.speakers;

test('a name is given to a speaker, and replaces the one before', () => {
  expect(speakersAfter(rename('S1', 'Ann'), rename('S2', 'Thomas'))).toEqual([
    { id: 'S1', name: 'Ann', seconds: 3 },
    { id: 'S2', name: 'Thomas', seconds: 7 },
    { id: 'S3', name: null, seconds: 3 },
  ]);
});

test('where the meeting says a name is kept with the name, and not with what a person gives instead', () => {
  const citation = {
    start: 0,
    end: 3,
    speaker: 'S1',
    quote: 'I am Ann',
    segmentIds: ['s1'],
  };
  const heard = { name: 'Ann', citation };
  const minutes = {
    ...BASE.minutes,
    speakers: BASE.minutes.speakers.map((each) =>
      each.id === 'S1' ? { ...each, name: 'Ann', heard } : each,
    ),
  };
  const base = { ...BASE, minutes };
  const after = (change: ChangeInWords) => applyChange(base, change).minutes.speakers;
  expect(after(rename('S3', 'Bob'))[0]).toEqual({ id: 'S1', name: 'Ann', seconds: 3, heard });
  expect(after(rename('S1', 'Anna'))[0]).toEqual({ id: 'S1', name: 'Anna', seconds: 3 });
  expect(after(rename('S1', 'Ann'))[0]).toEqual({ id: 'S1', name: 'Ann', seconds: 3 });
  expect(after(join('S3', 'S1'))[0]).toMatchObject({ id: 'S1', name: 'Ann', heard });
  expect(after(join('S1', 'S3'))[0]).toEqual({
    id: 'S3',
    name: 'Ann',
    seconds: 6,
    joined: ['S1'],
  });
});

test('a speaker who is joined to another one is that one in transcript, citations and tasks', () => {
  const { minutes, transcript } = applyChange(BASE, join('S2', 'S1'));
  expect(transcript.segments.map(({ speaker }) => speaker)).toEqual(['S1', 'S1', 'S3']);
  expect(minutes.actionItems[0]).toMatchObject({ owner: 'S1', citations: [{ speaker: 'S1' }] });
  expect(minutes.speakers).toEqual([
    { id: 'S1', name: 'Tom', seconds: 10, joined: ['S2'] },
    { id: 'S3', name: null, seconds: 3 },
  ]);
});

test('the name of the speaker who stays is kept', () => {
  expect(speakersAfter(rename('S1', 'Ann'), join('S2', 'S1'))[0]).toMatchObject({ name: 'Ann' });
});

test('who was joined before goes along', () => {
  expect(speakersAfter(join('S3', 'S2'), join('S2', 'S1'))).toEqual([
    { id: 'S1', name: 'Tom', seconds: 13, joined: ['S3', 'S2'] },
  ]);
});

test('nothing else of the documents changes', () => {
  const { minutes, transcript } = applyChange(BASE, rename('S3', 'Maria'));
  expect(transcript).toEqual(BASE.transcript);
  expect({ ...minutes, speakers: [] }).toEqual({ ...BASE.minutes, speakers: [] });
});

test.each([
  ['an unknown speaker', rename('S9', 'Ann'), 'no speaker S9: they have S1, S2, S3'],
  ['a join of an unknown one', join('S9', 'S1'), 'no speaker S9'],
  ['a join to an unknown one', join('S1', 'S9'), 'no speaker S9'],
  ['a join to itself', join('S1', 'S1'), 'cannot be joined to itself'],
])('%s is refused', (_, change, message) => {
  const refused = () => applyChange(BASE, change);
  expect(refused).toThrow(ApplicationFailure);
  expect(refused).toThrow(message);
});

test('minutes without speakers say why nobody can be named', () => {
  const none = { ...BASE, minutes: { ...BASE.minutes, speakers: [] } };
  expect(() => applyChange(none, rename('S1', 'Ann'))).toThrow('voices were not told apart');
});
