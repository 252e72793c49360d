import { CancelledFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { withHeartbeat } from '../../activities/with-heartbeat.ts';
import { attempt } from './activity-bench.ts';

const pause = (ms: number) => new Promise<void>((passed) => setTimeout(passed, ms));

test('work is alive as long as it runs: three heartbeats a timeout, and none after it', async () => {
  let beats = 0;
  const count = () => (beats += 1);
  await attempt(
    () => withHeartbeat(() => pause(350)),
    { heartbeatTimeoutMs: 150 },
    (environment) => environment.on('heartbeat', count),
  );
  // At once, then every 50 ms; a busy machine may lose some.
  expect(beats).toBeGreaterThanOrEqual(3);
  expect(beats).toBeLessThanOrEqual(8);
  const then = beats;
  await pause(120);
  expect(beats).toBe(then);
});

test('heartbeats end with work that fails, too', async () => {
  let beats = 0;
  const failing = attempt(
    () => withHeartbeat(() => Promise.reject(new Error('it failed'))),
    { heartbeatTimeoutMs: 60 },
    (environment) => environment.on('heartbeat', () => (beats += 1)),
  );
  await expect(failing).rejects.toThrow('it failed');
  const then = beats;
  await pause(80);
  expect(beats).toBe(then);
});

test('a call may take what Temporal grants less 15 s, and a second at the least', async () => {
  const deadline = (startToCloseTimeoutMs: number) =>
    attempt(() => withHeartbeat(({ leftMs }) => Promise.resolve(leftMs())), {
      startToCloseTimeoutMs,
    });
  const left = await deadline(180_000);
  expect(left).toBeLessThanOrEqual(165_000);
  expect(left).toBeGreaterThan(164_000);
  expect(await deadline(10_000)).toBe(1_000);
});

test('what the work spent before a call is taken off its deadline', async () => {
  const left = await attempt(
    () =>
      withHeartbeat(async ({ leftMs }) => {
        await pause(200);
        return leftMs();
      }),
    { startToCloseTimeoutMs: 180_000 },
  );
  expect(left).toBeLessThanOrEqual(164_801);
  expect(left).toBeGreaterThan(160_000);
});

test('the signal fires when the activity is cancelled', async () => {
  const reason = await attempt(
    () =>
      withHeartbeat(
        ({ signal }) =>
          new Promise<unknown>((heard) => {
            signal.addEventListener('abort', () => heard(signal.reason));
          }),
      ),
    {},
    (environment) => setTimeout(() => environment.cancel(), 10),
  );
  expect(reason).toBeInstanceOf(CancelledFailure);
});

test('when the first attempt began travels with the heartbeats to the next ones', async () => {
  const told: unknown[] = [];
  const began = (info: Parameters<typeof attempt>[1]) =>
    attempt(
      () => withHeartbeat(({ firstAttemptAt }) => Promise.resolve(firstAttemptAt.getTime())),
      info,
      (environment) => environment.on('heartbeat', (details: unknown) => told.push(details)),
    );
  const before = Date.now();
  const first = await began({ attempt: 1 });
  expect(first).toBeGreaterThanOrEqual(before);
  expect(told).toEqual([{ firstAttemptMs: first }]);
  await pause(5);
  expect(await began({ attempt: 2, heartbeatDetails: told[0] })).toBe(first);
  // An attempt that died before its first heartbeat arrived, or another version's words, begin anew.
  expect(await began({ attempt: 2, heartbeatDetails: null })).toBeGreaterThan(first);
  expect(await began({ attempt: 2, heartbeatDetails: 'x' })).toBeGreaterThan(first);
});
