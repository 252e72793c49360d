import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldWhitespace } from '../../../activities/transcript/text.ts';
import { mergeTranscript } from '../../../activities/transcript/merge-transcript.ts';
import { transcriptSchema } from '../../../workflows/contracts/transcript.ts';
import type { TranscribeAnswer } from '../../../workflows/contracts/stored-results.ts';
import type { ChunkPlan } from '../../../workflows/contracts/chunk-plan.ts';
import { anyAnswer, anyPlan, planOf } from '../recording/plans.ts';
import { settled } from './transcripts.ts';

const answer = (
  segments: TranscribeAnswer['segments'],
  more: Partial<TranscribeAnswer> = {},
): TranscribeAnswer => ({
  text: segments.map(({ text }) => text).join(' '),
  language: null,
  segments,
  ...more,
});

const PIECE = { isTimeEstimated: false, mayBeInvented: false };
const settledTwice = {
  pieces: [
    { ...PIECE, start: 0, end: 9, text: '大家好。', language: 'zh' },
    { ...PIECE, start: 10, end: 26, text: 'Good morning.', language: 'en' },
  ],
  wordless: [],
  untimedSeconds: 0,
};

const merge = (
  plan: ChunkPlan,
  answers: ReadonlyMap<number, TranscribeAnswer>,
  language: string | null,
) => mergeTranscript(plan, settled(plan, answers, language), language);

describe('mergeTranscript', () => {
  test('times are counted from the start of the recording, with three decimals', () => {
    const plan = planOf([28, 10]);
    const answers = new Map([
      [0, answer([{ start: 0.5, end: 2.12345, text: ' Good morning. ' }])],
      [1, answer([{ start: 1, end: 3, text: 'Thank you.' }])],
    ]);
    expect(merge(plan, answers, 'en').segments).toMatchObject([
      { id: 's1', start: 0.5, end: 2.123, text: 'Good morning.', language: 'en' },
      { id: 's2', start: 29, end: 31, text: 'Thank you.' },
    ]);
  });

  test('what two tracks say at the same time stands in the order of time', () => {
    const tracks = [0, 10 * 16_000].map((startSample) => ({ startSample, heard: [], damage: [] }));
    const plan = { ...planOf([10, 10]), sound: { tracks, leftOut: [], cut: false } };
    const answers = new Map([
      [
        0,
        answer([
          { start: 1, end: 2, text: 'one' },
          { start: 5, end: 6, text: 'three' },
        ]),
      ],
      [1, answer([{ start: 3, end: 4, text: 'two' }])],
    ]);
    const { segments, durationSeconds } = merge(plan, answers, 'en');
    expect(segments.map(({ id, start, text }) => [id, start, text])).toEqual([
      ['s1', 1, 'one'],
      ['s2', 3, 'two'],
      ['s3', 5, 'three'],
    ]);
    expect(durationSeconds).toBe(10);
  });

  test('a missing end is the next start, or the end of the chunk', () => {
    const pieces = [
      { start: 1, end: null, text: 'one' },
      { start: 4, end: null, text: 'two' },
    ];
    const { segments } = merge(planOf([10]), new Map([[0, answer(pieces)]]), null);
    expect(segments.map(({ start, end }) => [start, end])).toEqual([
      [1, 4],
      [4, 10],
    ]);
  });

  test('times outside the chunk and times that go back are put inside and in order', () => {
    const pieces = [
      { start: 3, end: 30, text: 'one' },
      { start: 1, end: 2, text: 'two' },
      { start: 12, end: 90, text: 'three' },
    ];
    const { segments } = merge(planOf([10]), new Map([[0, answer(pieces)]]), null);
    expect(segments.map(({ start, end }) => [start, end])).toEqual([
      [3, 3],
      [3, 3],
      [10, 10],
    ]);
  });

  test('an answer without segments is one segment as long as its chunk', () => {
    const { segments } = merge(
      planOf([28, 5]),
      new Map([[1, answer([], { text: '我们决定\n下周五完成这个项目。' })]]),
      null,
    );
    expect(segments).toEqual([
      {
        id: 's1',
        start: 28,
        end: 33,
        speaker: null,
        language: 'zh',
        text: '我们决定 下周五完成这个项目。',
        chunk: 1,
      },
    ]);
  });

  test('the text of an answer replaces segments that contain less', () => {
    const { segments } = merge(
      planOf([28]),
      new Map([[0, answer([{ start: 0, end: 1, text: 'Hello' }], { text: 'Hello and welcome' })]]),
      null,
    );
    expect(segments.map(({ text }) => text)).toEqual(['Hello and welcome']);
  });

  test('the language is the user’s, else the engine’s, else the detector’s; of the document, the most spoken', () => {
    const plan = planOf([5, 20, 5]);
    const answers = new Map([
      [0, answer([], { text: 'Hm.', language: 'fr' })],
      [1, answer([], { text: 'Guten Morgen zusammen, wir beginnen jetzt mit der Sitzung.' })],
      [2, answer([], { text: 'xx' })],
    ]);
    const detected = merge(plan, answers, null);
    expect(detected.segments.map(({ language }) => language)).toEqual(['fr', 'de', null]);
    expect(detected.language).toBe('de');

    const told = merge(plan, answers, 'nl');
    expect(told.segments.map(({ language }) => language)).toEqual(['nl', 'nl', 'nl']);
    expect(told.language).toBe('nl');
  });

  test('each segment names its chunk, and the second answer that it is from', () => {
    const said = { start: 0, end: 2, text: 'Yes.', language: 'en' };
    const settled = (pieces: readonly object[]) => ({
      pieces: pieces.map((piece) => ({ ...PIECE, ...said, ...piece })),
      wordless: [],
      untimedSeconds: 0,
    });
    const { segments } = mergeTranscript(
      planOf([10, -5, 10]),
      new Map([
        [0, settled([{}])],
        [2, settled([{ again: 1 }])],
      ]),
      null,
    );
    expect(segments.map(({ chunk, again }) => [chunk, again])).toEqual([
      [0, undefined],
      [2, 1],
    ]);
  });

  test('a chunk in two languages counts for each by its seconds', () => {
    const plan = planOf([26, 8]);
    const transcript = mergeTranscript(
      plan,
      new Map([
        [0, settledTwice],
        [
          1,
          {
            pieces: [
              { ...PIECE, start: 0, end: 2, text: '好。', language: 'zh', mayBeInvented: true },
            ],
            wordless: [],
            untimedSeconds: 0,
          },
        ],
      ]),
      null,
    );
    // 9 / 25 of 26 s, and 8 s, against 16 / 25 of 26 s.
    expect(transcript.language).toBe('zh');
    expect(
      transcript.segments.map(({ language, mayBeInvented }) => [language, mayBeInvented]),
    ).toEqual([
      ['zh', undefined],
      ['en', undefined],
      ['zh', true],
    ]);
    expect(mergeTranscript(planOf([26]), new Map([[0, settledTwice]]), null).language).toBe('en');
  });

  test('no text is lost, times are inside their chunks and never go back, the schema holds', () => {
    fc.assert(
      fc.property(
        anyPlan().chain((plan) =>
          fc.tuple(
            fc.constant(plan),
            fc.array(fc.option(anyAnswer()), {
              minLength: plan.chunks.length,
              maxLength: plan.chunks.length,
            }),
          ),
        ),
        ([plan, given]) => {
          const answers = new Map(
            given.flatMap((value, index) => (value === null ? [] : [[index, value] as const])),
          );
          const transcript = merge(plan, answers, null);
          expect(transcriptSchema.parse(transcript)).toEqual(transcript);
          const expected = given.flatMap((value) =>
            value === null
              ? []
              : value.segments.length > 0
                ? value.segments.map(({ text }) => text)
                : [value.text],
          );
          expect(foldWhitespace(transcript.segments.map(({ text }) => text).join(' '))).toBe(
            foldWhitespace(expected.join(' ')),
          );
          const times = transcript.segments.flatMap(({ start, end }) => [start ?? -1, end ?? -1]);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          for (const time of times) {
            expect(time).toBeGreaterThanOrEqual(0);
            expect(time).toBeLessThanOrEqual(transcript.durationSeconds);
            expect(Math.round(time * 1000) / 1000).toBe(time);
          }
        },
      ),
    );
  });
});
