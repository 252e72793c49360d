import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverageSeconds, gapsOf } from '../../../activities/transcript/transcript-gaps.ts';
import { anyPlan, planOf } from '../recording/plans.ts';

describe('gaps and coverage', () => {
  test('neighbours that failed for one reason are one gap', () => {
    const failures = [
      { index: 3, reason: 'BadRequest' },
      { index: 0, reason: 'TargetExhausted' },
      { index: 1, reason: 'TargetExhausted' },
    ];
    expect(gapsOf(planOf([28, 28, -4, 10]), failures)).toEqual([
      { start: 0, end: 56, reason: 'TargetExhausted' },
      { start: 60, end: 70, reason: 'BadRequest' },
    ]);
  });

  test('a failure of a chunk that is not sent is refused', () => {
    const plan = planOf([28, -4]);
    expect(() => gapsOf(plan, [{ index: 1, reason: 'x' }])).toThrow('no chunk 1 with speech');
    expect(() => coverageSeconds(plan, [2])).toThrow(RangeError);
  });

  test('audio = transcribed + silence + gaps, to the millisecond, whatever the plan and what failed', () => {
    fc.assert(
      fc.property(anyPlan(), fc.infiniteStream(fc.boolean()), (plan, coins) => {
        const failed = plan.chunks
          .filter(({ speech }) => speech && coins.next().value === true)
          .map(({ index }) => index);
        const gaps = gapsOf(
          plan,
          failed.map((index) => ({ index, reason: 'Transient' })),
        );
        const coverage = coverageSeconds(plan, failed);
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
