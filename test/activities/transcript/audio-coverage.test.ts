import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audioCoverage } from '../../../activities/transcript/audio-coverage.ts';
import { anyPlan, planOf } from '../recording/plans.ts';

describe('gaps and coverage', () => {
  test('neighbours that failed for the same reason are one gap', () => {
    const failures = [
      { index: 3, reason: 'BadRequest' },
      { index: 0, reason: 'TargetExhausted' },
      { index: 1, reason: 'TargetExhausted' },
    ];
    expect(audioCoverage(planOf([28, 28, -4, 10]), failures).gaps).toEqual([
      { start: 0, end: 56, reason: 'TargetExhausted' },
      { start: 60, end: 70, reason: 'BadRequest' },
    ]);
  });

  test('transcribed, silent and total seconds are added up apart', () => {
    const failures = [{ index: 1, reason: 'BadRequest' }];
    expect(audioCoverage(planOf([28, 20, -4, 10]), failures)).toEqual({
      audioSeconds: 62,
      transcribedSeconds: 38,
      silenceSeconds: 4,
      gaps: [{ start: 28, end: 48, reason: 'BadRequest' }],
    });
  });

  test('damage is a gap of its own on every track, and is neither transcribed nor silent', () => {
    const half = planOf([10, -10, 10, -10]);
    const damage = [{ start: 8, end: 12.5 }];
    const plan = {
      ...half,
      sound: {
        tracks: [
          { startSample: 0, heard: [], damage },
          { startSample: 20 * 16_000, heard: [], damage: [] },
        ],
        leftOut: [],
        cut: false,
      },
    };
    expect(audioCoverage(plan, [{ index: 2, reason: 'BadRequest' }])).toEqual({
      audioSeconds: 40,
      transcribedSeconds: 8,
      silenceSeconds: 17.5,
      gaps: [
        { start: 0, end: 10, reason: 'BadRequest' },
        { start: 8, end: 12.5, reason: 'damaged' },
      ],
    });
  });

  test('all damage is told, wherever it lies among the chunks', () => {
    const anyDamage = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 1, max: 40_000 })))
      .map((steps) => {
        let at = 0;
        return steps.map(([length, pause]) => {
          const start = at + pause;
          at = start + length;
          return { start: start / 1000, end: at / 1000 };
        });
      });
    fc.assert(
      fc.property(anyPlan(), anyDamage, (plain, damage) => {
        const tracks = [{ startSample: 0, heard: [], damage }];
        const plan = { ...plain, sound: { tracks, leftOut: [], cut: false } };
        const lengthMs = Math.round((plan.samples / 16_000) * 1000);
        const lostMs = damage.reduce(
          (sum, { start, end }) =>
            sum + Math.max(0, Math.min(end * 1000, lengthMs) - Math.min(start * 1000, lengthMs)),
          0,
        );
        const { gaps } = audioCoverage(plan, []);
        const toldMs = gaps.reduce((sum, { start, end }) => sum + (end - start) * 1000, 0);
        expect(toldMs).toBeCloseTo(lostMs, 3);
      }),
    );
  });

  test('voice without words in an answered chunk is a gap, less what is damaged there', () => {
    const plan = {
      ...planOf([28, 20]),
      sound: {
        tracks: [{ startSample: 0, heard: [], damage: [{ start: 40, end: 42 }] }],
        leftOut: [],
        cut: false,
      },
    };
    const settled = new Map([
      [0, { wordless: [{ start: 10, end: 16.25 }], untimedSeconds: 0 }],
      [1, { wordless: [{ start: 11, end: 20 }], untimedSeconds: 3 }],
    ]);
    expect(audioCoverage(plan, [], settled)).toEqual({
      audioSeconds: 48,
      transcribedSeconds: 32.75,
      silenceSeconds: 0,
      gaps: [
        { start: 10, end: 16.25, reason: 'no_words' },
        { start: 39, end: 40, reason: 'no_words' },
        { start: 40, end: 42, reason: 'damaged' },
        { start: 42, end: 48, reason: 'no_words' },
      ],
      untimedSeconds: 3,
    });
  });

  test('what a plan of an earlier version cannot tell is not told', () => {
    const settled = new Map([[0, { wordless: [], untimedSeconds: null }]]);
    expect(audioCoverage(planOf([28]), [], settled)).not.toHaveProperty('untimedSeconds');
  });

  test('a failure of a chunk that is not sent is refused', () => {
    const plan = planOf([28, -4]);
    expect(() => audioCoverage(plan, [{ index: 1, reason: 'x' }])).toThrow(
      'no chunk 1 with speech',
    );
    expect(() => audioCoverage(plan, [{ index: 2, reason: 'x' }])).toThrow(RangeError);
  });

  test('audio = transcribed + silence + gaps, to the millisecond, whatever the plan and what failed', () => {
    fc.assert(
      fc.property(anyPlan(), fc.infiniteStream(fc.boolean()), (plan, coins) => {
        const failed = plan.chunks
          .filter(({ speech }) => speech && coins.next().value === true)
          .map(({ index }) => ({ index, reason: 'Transient' }));
        const { gaps, ...coverage } = audioCoverage(plan, failed);
        const milliseconds = (time: number): number => Math.round(time * 1000);
        expect(milliseconds(coverage.audioSeconds)).toBe(
          milliseconds(coverage.transcribedSeconds) +
            milliseconds(coverage.silenceSeconds) +
            gaps.reduce((sum, { start, end }) => sum + milliseconds(end) - milliseconds(start), 0),
        );
        expect(gaps.length === 0).toBe(failed.length === 0);
      }),
    );
  });
});
