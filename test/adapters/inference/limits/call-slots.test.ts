import { describe, expect, test } from 'vitest';
import { createCallSlots, tasksAhead } from '../../../../adapters/inference/limits/call-slots.ts';
import { aTarget } from '../a-target.ts';

const NEVER = new AbortController().signal;

/** Lets everything that waits for nothing go on. */
const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('the slots of a target', () => {
  test('are as many as its concurrency, and go to who waits longest', async () => {
    const slots = createCallSlots();
    const target = aTarget({ name: 'two', concurrency: 2 });
    const entered: string[] = [];
    const enter = async (name: string) => {
      const slot = await slots.enter(target, NEVER);
      entered.push(name);
      return slot;
    };
    const [first] = await Promise.all([enter('first'), enter('second')]);
    const third = enter('third');
    const fourth = enter('fourth');
    await soon();
    expect(entered).toEqual(['first', 'second']);
    first[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    await fourth;
    expect(entered).toEqual(['first', 'second', 'third', 'fourth']);
  });

  test('are given back once, however often they are disposed of', async () => {
    const slots = createCallSlots();
    const target = aTarget({ name: 'one', concurrency: 1 });
    const first = await slots.enter(target, NEVER);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await slots.enter(target, NEVER);
    let isIn = false;
    void slots.enter(target, NEVER).then(() => (isIn = true));
    await soon();
    expect(isIn).toBe(false);
  });

  test('of one target say nothing of another', async () => {
    const slots = createCallSlots();
    await slots.enter(aTarget({ name: 'full', concurrency: 1 }), NEVER);
    const slot = slots.enter(aTarget({ name: 'free', concurrency: 1 }), NEVER);
    await expect(slot).resolves.toBeDefined();
  });

  test('pass by who gave up waiting', async () => {
    const slots = createCallSlots();
    const target = aTarget({ name: 'one', concurrency: 1 });
    const first = await slots.enter(target, NEVER);
    const cancelled = new AbortController();
    const second = slots.enter(target, cancelled.signal);
    const third = slots.enter(target, NEVER);
    cancelled.abort(new Error('cancelled'));
    await expect(second).rejects.toThrow('cancelled');
    first[Symbol.dispose]();
    await third;
    await expect(slots.enter(target, cancelled.signal)).rejects.toThrow('cancelled');
  });
});

describe('a worker takes up', () => {
  test.each([
    { concurrency: 1, requestsPerMinute: null, ahead: 0 },
    { concurrency: 3, requestsPerMinute: null, ahead: 0 },
    { concurrency: 4, requestsPerMinute: null, ahead: 1 },
    { concurrency: 8, requestsPerMinute: 1200, ahead: 2 },
    { concurrency: 8, requestsPerMinute: 600, ahead: 0 },
  ])(
    '$ahead tasks beyond $concurrency calls, with $requestsPerMinute requests a minute',
    ({ ahead, ...target }) => {
      expect(tasksAhead(target)).toBe(ahead);
    },
  );
});
