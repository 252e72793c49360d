import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toTranscript } from '../../../activities/transcript/to-transcript.ts';

const turn = (text: string, speaker: string | null = null, start: number | null = null) => ({
  start,
  end: start === null ? null : start + 10,
  speaker,
  text,
});

test('turns keep their speakers, times and languages', () => {
  const { transcript, names } = toTranscript(
    {
      format: 'webvtt',
      turns: [
        turn('We will send the offer to the customer tomorrow.', 'Ann', 1),
        turn('好的，王芳下周五之前提交新的报价方案。', '王芳', 11),
        turn('Thank you very much for that, and see you next week.', 'Ann', 21),
      ],
    },
    null,
  );
  expect(transcript).toEqual({
    schemaVersion: 1,
    language: 'en',
    durationSeconds: 31,
    segments: [
      {
        id: 's1',
        start: 1,
        end: 11,
        speaker: 'S1',
        language: 'en',
        text: 'We will send the offer to the customer tomorrow.',
      },
      {
        id: 's2',
        start: 11,
        end: 21,
        speaker: 'S2',
        language: 'zh',
        text: '好的，王芳下周五之前提交新的报价方案。',
      },
      {
        id: 's3',
        start: 21,
        end: 31,
        speaker: 'S1',
        language: 'en',
        text: 'Thank you very much for that, and see you next week.',
      },
    ],
  });
  expect(names).toEqual({ S1: 'Ann', S2: '王芳' });
});

test('a long turn is cut between sentences, and its parts share its time', () => {
  const sentence = `Some ${'word '.repeat(38)}end. `;
  const { transcript } = toTranscript(
    {
      format: 'subrip',
      turns: [{ start: 0, end: 8, speaker: null, text: sentence.repeat(4).trim() }],
    },
    'en',
  );
  expect(transcript.segments.map(({ start, end, text }) => [start, end, text.length])).toEqual([
    [0, 2.003, 199],
    [2.003, 4.005, 199],
    [4.005, 6.008, 199],
    [6.008, 8, 199],
  ]);
});

test('a text without times has none', () => {
  const { transcript } = toTranscript({ format: 'text', turns: [turn('Good morning.')] }, null);
  expect(transcript).toMatchObject({
    language: null,
    durationSeconds: 0,
    segments: [{ id: 's1', start: null, end: null, speaker: null }],
  });
});

test('subtitles that are listed voice by voice are put in the order of their times', () => {
  const turns = [turn('One.', 'Ann', 0), turn('Three.', 'Ann', 20), turn('Two.', 'Bob', 10)];
  const { transcript } = toTranscript({ format: 'webvtt', turns }, 'en');
  expect(transcript.segments.map(({ text }) => text)).toEqual(['One.', 'Two.', 'Three.']);
});

test('no word is lost or doubled, whatever the turns', () => {
  const text = fc
    .array(fc.constantFrom('Yes.', 'no', '好的。', '预算', 'x'.repeat(400), '12.5', '?'), {
      minLength: 1,
      maxLength: 30,
    })
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
      const { transcript } = toTranscript(
        { format: 'text', turns: texts.map((one) => turn(one)) },
        'en',
      );
      const words = transcript.segments.map((one) => one.text).join('');
      expect(words.replaceAll(/\s/g, '')).toBe(texts.join('').replaceAll(/\s/g, ''));
      expect(Math.max(...transcript.segments.map((one) => one.text.length))).toBeLessThanOrEqual(
        300,
      );
    }),
    { numRuns: 20 },
  );
});

test('a transcript.json of anybody gets our own ids, and only languages that are codes', () => {
  const segment = { start: 0, end: 1, text: 'Good morning, and welcome to the planning meeting.' };
  const { transcript, names } = toTranscript(
    {
      format: 'json',
      transcript: {
        schemaVersion: 1,
        language: 'x'.repeat(6000),
        durationSeconds: 3,
        segments: [
          { ...segment, id: 's7', speaker: 'SPEAKER_01', language: 'secret words' },
          { ...segment, id: 's9', speaker: 'S4', language: 'en' },
          { ...segment, id: 's2', speaker: null, language: null },
        ],
      },
    },
    null,
  );
  expect(transcript.language).toBe('en');
  expect(transcript.segments.map(({ id, speaker, language }) => [id, speaker, language])).toEqual([
    ['s1', 'S1', 'en'],
    ['s2', 'S2', 'en'],
    ['s3', null, 'en'],
  ]);
  expect(names).toEqual({ S1: 'SPEAKER_01' });
});

test('the chunks in a transcript of ours are those of another job, and left out', () => {
  const said = { start: 0, end: 4, speaker: null, language: 'en', text: 'We begin.' };
  const { transcript } = toTranscript(
    {
      format: 'json',
      transcript: {
        schemaVersion: 1,
        language: 'en',
        durationSeconds: 4,
        segments: [{ id: 's1', ...said, chunk: 3, again: 0 }],
      },
    },
    null,
  );
  expect(transcript.segments).toEqual([{ id: 's1', ...said }]);
});
