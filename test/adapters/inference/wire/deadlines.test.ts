import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createDeadlineWatch,
  DEADLINES_MS,
} from '../../../../adapters/inference/wire/deadlines.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('each deadline ends what it belongs to once, at most 100 ms late', () => {
  const watch = createDeadlineWatch();
  const ended: string[] = [];
  watch.add(1000, () => ended.push('long'));
  watch.add(250, () => ended.push('short'));

  vi.advanceTimersByTime(249);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(101);
  expect(ended).toEqual(['short']);
  vi.advanceTimersByTime(649);
  expect(ended).toEqual(['short']);
  vi.advanceTimersByTime(101);
  expect(ended).toEqual(['short', 'long']);
  vi.advanceTimersByTime(10_000);
  expect(ended).toEqual(['short', 'long']);
});

test('what was forgotten is not ended', () => {
  const watch = createDeadlineWatch();
  const ended: string[] = [];
  const forget = watch.add(200, () => ended.push('forgotten'));
  watch.add(200, () => ended.push('kept'));
  forget();
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual(['kept']);
});

test('without anything to watch no timer is left, and the next deadline sets one again', () => {
  const watch = createDeadlineWatch();
  const ended: string[] = [];
  watch.add(200, () => ended.push('first'));
  vi.advanceTimersByTime(400);
  expect(vi.getTimerCount()).toBe(0);
  watch.add(200, () => ended.push('second'));
  vi.advanceTimersByTime(400);
  expect(ended).toEqual(['first', 'second']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a deadline further away than a timer reaches does not end anything early', () => {
  const watch = createDeadlineWatch();
  let ended = false;
  watch.add(2 ** 40, () => {
    ended = true;
  });
  vi.advanceTimersByTime(1000);
  expect(ended).toBe(false);
});

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
