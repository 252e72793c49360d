import { expect, test } from 'vitest';
import { bridgePauses } from '../../../../../local/inference-server/models/speakers/bridge-pauses.ts';

const turn = (speaker: number, start: number, end: number) => ({ speaker, start, end });

test('a breath belongs to the turn, a longer pause ends it', () => {
  const turns = [turn(0, 0, 2), turn(0, 2.5, 4), turn(0, 4.6, 5), turn(0, 5.7, 6)];
  expect(bridgePauses(turns)).toEqual([turn(0, 0, 5), turn(0, 5.7, 6)]);
});

test('a pause in which somebody else speaks stays one', () => {
  const answered = [turn(0, 0, 2), turn(1, 2.1, 2.3), turn(0, 2.4, 4)];
  expect(bridgePauses(answered)).toEqual(answered);
  const interrupted = [turn(0, 0, 2), turn(1, 1.5, 2.2), turn(0, 2.3, 4)];
  expect(bridgePauses(interrupted)).toEqual(interrupted);
});

test('what somebody else said before the pause does not keep the turn apart', () => {
  const turns = [turn(0, 0, 2), turn(1, 0.5, 1), turn(0, 2.2, 4), turn(1, 3, 3.2)];
  expect(bridgePauses(turns)).toEqual([turn(0, 0, 4), turn(1, 0.5, 1), turn(1, 3, 3.2)]);
});

test('nobody has no turns', () => {
  expect(bridgePauses([])).toEqual([]);
});
