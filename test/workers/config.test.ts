import { expect, test } from 'vitest';
import { parseWorkerConfig } from '../../workers/config.ts';
import { testStack } from '../support/stack.ts';

const graceOf = (text?: string) =>
  parseWorkerConfig({ ...testStack().env, HANSARD_SHUTDOWN_GRACE: text }).shutdownGraceSeconds;

test('running calls may end for as long as the longest deadline of a call, or as the operator says', () => {
  expect(graceOf()).toBe(285);
  expect(graceOf('')).toBe(285);
  expect(graceOf('0')).toBe(0);
  expect(graceOf('600')).toBe(600);
});

test.each(['10s', '-1', '1.5', '86401'])('a grace of %s is refused', (text) => {
  expect(() => graceOf(text)).toThrow(
    'HANSARD_SHUTDOWN_GRACE is not a number of whole seconds from 0 to 86400. Correct it.',
  );
});
