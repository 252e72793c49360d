import { expect, test } from 'vitest';
import { stateOfQueue } from '../../../../client/web/operations/state-of-queue.ts';

const stats = (backlog: number, oldestSeconds: number) => ({
  backlog,
  oldestSeconds,
  addedPerSecond: 0,
  takenPerSecond: 0,
});

test.each([
  ['served', { workers: 1, target: null, stats: stats(0, 0) }],
  ['served', { workers: 1, target: 'whisper', stats: stats(3, 59) }],
  ['served', { workers: 1, target: null, stats: null }],
  ['behind', { workers: 2, target: 'whisper', stats: stats(3, 60) }],
  // Nothing of a job begins without a worker of these.
  ['unserved', { workers: 0, target: null, stats: stats(0, 0) }],
  ['unserved', { workers: 0, target: 'whisper', stats: stats(1, 0) }],
  ['idle', { workers: 0, target: 'whisper', stats: stats(0, 0) }],
  ['idle', { workers: 0, target: 'whisper', stats: null }],
] as const)('a queue is %s: %j', (state, queue) => {
  expect(stateOfQueue(queue)).toBe(state);
});
