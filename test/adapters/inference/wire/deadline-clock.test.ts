import * as fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Deadline } from '../../../../adapters/inference/wire/deadline-clock.ts';
import { DeadlineClock } from '../../../../adapters/inference/wire/deadline-clock.ts';

it('every deadline that is not withdrawn passes once, and never early', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ afterMs: fc.nat({ max: 30 }), withdrawn: fc.boolean() }), {
        maxLength: 12,
      }),
      async (plans) => {
        const clock = new DeadlineClock();
        const startedAt = performance.now();
        const passed = new Map<number, number[]>();
        const deadlines = plans.map(({ afterMs }, index): Deadline => {
          const deadline = {
            at: startedAt + afterMs,
            onPassed: () =>
              passed.set(index, [...(passed.get(index) ?? []), performance.now() - startedAt]),
          };
          clock.watch(deadline);
          return deadline;
        });
        for (const [index, deadline] of deadlines.entries())
          if (plans[index]?.withdrawn === true) clock.withdraw(deadline);
        await expect
          .poll(() => passed.size, { interval: 5 })
          .toBe(plans.filter(({ withdrawn }) => !withdrawn).length);
        for (const [index, times] of passed) {
          expect(times).toHaveLength(1);
          expect(times[0]).toBeGreaterThanOrEqual(plans[index]?.afterMs ?? Number.NaN);
        }
      },
    ),
    { numRuns: 15 },
  );
});

it('a deadline that is set when another passes is kept, and a far one does not ring at once', async () => {
  const clock = new DeadlineClock();
  const heard: string[] = [];
  clock.watch({ at: performance.now() + 2 ** 40, onPassed: () => heard.push('far') });
  clock.watch({
    at: performance.now() - 1,
    onPassed: () => {
      heard.push('first');
      clock.watch({ at: performance.now() + 5, onPassed: () => heard.push('second') });
    },
  });
  await expect.poll(() => heard.length, { interval: 5 }).toBe(2);
  await sleep(10);
  expect(heard).toEqual(['first', 'second']);
});
