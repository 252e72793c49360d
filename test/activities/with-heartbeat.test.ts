import { CancelledFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { withHeartbeat, type Attempt } from '../../activities/with-heartbeat.ts';
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

test('an attempt may take what Temporal grants less 15 s', async () => {
  const deadline = (startToCloseTimeoutMs: number) =>
    attempt(() => withHeartbeat(({ leftMs }) => Promise.resolve(leftMs())), {
      startToCloseTimeoutMs,
    });
  const left = await deadline(180_000);
  expect(left).toBeLessThanOrEqual(165_000);
  expect(left).toBeGreaterThan(164_000);
  expect(await deadline(10_000)).toBe(0);
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

test('what an attempt remembers travels with its heartbeats to the next ones', async () => {
  const told: unknown[] = [];
  const one = (
    info: Parameters<typeof attempt>[1],
    change: Parameters<Attempt['remember']>[0] = {},
  ) =>
    attempt(
      () =>
        withHeartbeat(({ memory, remember }) => {
          remember(change);
          return Promise.resolve(memory());
        }),
      info,
      (environment) => environment.on('heartbeat', (details: unknown) => told.push(details)),
    );
  const nothing = { waitedMs: null, claimedAtMs: null, badReplies: null, pushedAtMs: null };
  expect(await one({ attempt: 1, heartbeatDetails: { waitedMs: 1 } })).toEqual(nothing);
  await one({ attempt: 1 }, { waitedMs: 7_000 });
  expect(told.at(-1)).toEqual({ ...nothing, waitedMs: 7_000 });
  const later = { attempt: 2, heartbeatDetails: told.at(-1) };
  expect(await one(later, { claimedAtMs: 5 })).toEqual({
    ...nothing,
    waitedMs: 7_000,
    claimedAtMs: 5,
  });
  // An attempt that died before its first heartbeat arrived, or another version's heartbeat, begins anew.
  for (const heartbeatDetails of [null, 'x', { firstAttemptMs: 5 }, { waitedMs: -1 }]) {
    expect(await one({ attempt: 2, heartbeatDetails })).toEqual(nothing);
  }
});
