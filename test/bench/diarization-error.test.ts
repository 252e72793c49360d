import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestAssignment, diarizationError, readRttm } from '../../bench/diarization-error.ts';

const turn = (start: number, end: number, speaker: string) => ({ start, end, speaker });
const strict = { collarSeconds: 0 };

describe('diarizationError', () => {
  test('names do not matter', () => {
    const found = [turn(0, 10, 'SPEAKER_01'), turn(10, 20, 'SPEAKER_00')];
    expect(diarizationError([turn(0, 10, 'Ann'), turn(10, 20, 'Ben')], found, strict)).toEqual({
      speech: 20,
      missed: 0,
      falseAlarm: 0,
      confused: 0,
      rate: 0,
    });
  });

  test('what is missed, invented and given to another adds up', () => {
    const reference = [turn(0, 10, 'Ann'), turn(10, 20, 'Ben')];
    const found = [turn(2, 14, 'x'), turn(14, 25, 'y')];
    expect(diarizationError(reference, found, strict)).toEqual({
      speech: 20,
      missed: 2,
      falseAlarm: 5,
      confused: 4,
      rate: 0.55,
    });
  });

  test('each of two who speak at once counts', () => {
    const reference = [turn(0, 10, 'Ann'), turn(5, 10, 'Ben')];
    expect(diarizationError(reference, [turn(0, 10, 'x')], strict)).toMatchObject({
      speech: 15,
      missed: 5,
      rate: 1 / 3,
    });
  });

  test('a quarter of a second on either side of each edge of the reference is not scored', () => {
    const reference = [turn(1, 5, 'Ann'), turn(5, 9, 'Ben')];
    const found = [turn(0.8, 5.2, 'x'), turn(5.2, 9.7, 'y')];
    const { speech, missed, falseAlarm, confused } = diarizationError(reference, found);
    expect([speech, missed, confused]).toEqual([7, 0, 0]);
    expect(falseAlarm).toBeCloseTo(0.45);
  });

  test('one who was found stands for one of the reference only', () => {
    const reference = [turn(0, 10, 'Ann'), turn(10, 16, 'Ben')];
    expect(diarizationError(reference, [turn(0, 16, 'x')], strict)).toMatchObject({ confused: 6 });
  });
});

test('RTTM has start and length in its fourth and fifth fields, the speaker in its eighth', () => {
  expect(readRttm('SPEAKER a 1 0.370 1.5 <NA> <NA> Ann <NA> <NA>\n')).toEqual([
    turn(0.37, 1.87, 'Ann'),
  ]);
});

describe('bestAssignment', () => {
  test('gives up the best single match where the sum gains', () => {
    expect(
      bestAssignment([
        [9, 8],
        [8, 1],
      ]),
    ).toEqual([1, 0]);
    expect(bestAssignment([[1], [5]])).toEqual([-1, 0]);
    expect(bestAssignment([])).toEqual([]);
  });

  test('no other assignment gains more', () => {
    const bestOf = (gains: readonly (readonly number[])[], used: readonly number[]): number => {
      const [row, ...rest] = gains;
      if (row === undefined) return 0;
      return Math.max(
        bestOf(rest, used),
        ...row.map((gain, at) => (used.includes(at) ? 0 : gain + bestOf(rest, [...used, at]))),
      );
    };
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
      .chain(([rows, columns]) => {
        const row = fc.array(fc.nat({ max: 20 }), { minLength: columns, maxLength: columns });
        return fc.array(row, { minLength: rows, maxLength: rows });
      });
    fc.assert(
      fc.property(matrix, (gains) => {
        const assigned = bestAssignment(gains);
        const used = assigned.filter((column) => column >= 0);
        expect(new Set(used).size).toBe(used.length);
        const gained = assigned.map((column, row) => gains[row]?.[column] ?? 0);
        expect(gained.reduce((sum, one) => sum + one, 0)).toBe(bestOf(gains, []));
      }),
    );
  });
});
