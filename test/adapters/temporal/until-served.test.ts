import { expect, test } from 'vitest';
import { untilServed } from '../../../adapters/temporal/until-served.ts';

const failing = (code: number, times: number) => {
  let tries = 0;
  return {
    tries: () => tries,
    work: async () => {
      tries += 1;
      if (tries > times) return 'done';
      throw new Error('Failed to describe schedule', {
        cause: Object.assign(new Error('Not enough hosts to serve the request'), { code }),
      });
    },
  };
};

test('a server whose parts have not found each other yet is asked again', async () => {
  const { work, tries } = failing(14, 2);
  expect(await untilServed(work, { pauseMs: 1 })).toBe('done');
  expect(tries()).toBe(3);
});

test('one that stays so is asked six times', async () => {
  const { work, tries } = failing(14, Infinity);
  await expect(untilServed(work, { pauseMs: 1 })).rejects.toThrow('Failed to describe schedule');
  expect(tries()).toBe(6);
});

test('another error is thrown at once', async () => {
  const { work, tries } = failing(7, 1);
  await expect(untilServed(work, { pauseMs: 1 })).rejects.toThrow('Failed to describe schedule');
  expect(tries()).toBe(1);
});
