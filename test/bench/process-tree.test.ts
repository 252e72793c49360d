import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { programsBelow, usedBetween, type Programs } from '../../bench/process-tree.ts';

test('a process is named by its script and counted with its parent once it has ended', async () => {
  const work =
    'const end = Date.now() + 200; while (Date.now() < end); console.log("done"); setInterval(() => {}, 1000)';
  const child = spawn(process.execPath, ['-e', work, '/some/where/busy.py'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  const running = await programsBelow(process.pid);
  const busy = running.get('where/busy.py');
  expect(busy?.cpuSeconds).toBeGreaterThan(0);
  expect(busy?.peakMebibytes).toBeGreaterThan(10);
  child.kill();
  await once(child, 'close');
  const ended = await programsBelow(process.pid);
  expect(ended.has('where/busy.py')).toBe(false);
  const secondsOf = (programs: Programs) =>
    [...programs.values()].reduce((sum, one) => sum + one.endedChildrenSeconds, 0);
  // Linux counts in hundredths of a second, and rounds user and system time of each process.
  const before = busy?.cpuSeconds ?? Infinity;
  expect(secondsOf(ended) - secondsOf(running)).toBeGreaterThan(before - 0.03);
});

test('what was used is the difference of two looks, the most first', () => {
  const at = (cpuSeconds: number, endedChildrenSeconds: number) => ({
    cpuSeconds,
    endedChildrenSeconds,
    peakMebibytes: 0,
  });
  const before: Programs = new Map([['worker', at(1, 0.5)]]);
  const after: Programs = new Map([
    ['worker', at(1.25, 2.5)],
    ['new', at(1, 0)],
  ]);
  expect(usedBetween(before, after)).toEqual([
    ['children of worker', 2],
    ['new', 1],
    ['worker', 0.25],
  ]);
});
