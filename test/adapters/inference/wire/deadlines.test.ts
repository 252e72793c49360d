import { expect, test } from 'vitest';
import { DEADLINES_MS } from '../../../../adapters/inference/wire/deadlines.ts';

test('the parts of a call have deadlines of their own', () => {
  expect(DEADLINES_MS).toEqual({
    question: 30_000,
    download: 60_000,
    management: 10_000,
    streamHeaders: 30_000,
    idle: 60_000,
    connect: 10_000,
  });
});
