import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectRedis, type RedisConnection } from '../../../../adapters/cache/connect-redis.ts';
import { createGate, type Gate } from '../../../../adapters/inference/limits/create-gate.ts';
import type {
  Admission,
  Admitted,
  GateOutcome,
} from '../../../../adapters/inference/limits/gate-record.ts';
import type { GateStore } from '../../../../adapters/inference/limits/gate-store.ts';
import { createMemoryGateStore } from '../../../../adapters/inference/limits/gate-store.ts';
import { createRedisGateStore } from '../../../../adapters/inference/limits/gate-store.ts';
import { testStack } from '../../../support/stack.ts';
import { gateSteps } from './gate-steps.ts';

let one: RedisConnection;
let other: RedisConnection;

beforeAll(async () => {
  one = await connectRedis(testStack().redis.url);
  other = await connectRedis(testStack().redis.url);
});
afterAll(() => {
  one.close();
  other.close();
});

const gateOver = (redis: RedisConnection, closings: string[] = []): Gate =>
  createGate({
    shared: createRedisGateStore(redis),
    // Wrong by decades: the shared clock is that of Redis.
    now: () => new Date('1999-12-31'),
    onFallback: (error) => {
      throw error;
    },
    onClosing: (_, reason) => closings.push(reason),
  });

async function enter(gate: Gate, key: string): Promise<Admitted> {
  const admission = await gate.admit(key);
  if (!admission.admitted) throw new Error(`refused for ${admission.waitMs} ms`);
  return admission;
}

const failed = (kind: 'rate_limited' | 'transient', waitMs: number | null): GateOutcome => ({
  answered: false,
  kind,
  waitMs,
});

test('refuses a second worker after the first was told to wait, by the clock of Redis', async () => {
  const key = randomUUID();
  const [mine, theirs] = [gateOver(one), gateOver(other)];
  await mine.report(key, await enter(mine, key), failed('rate_limited', 30_000));
  const refused = await theirs.admit(key);
  expect(refused).toMatchObject({ admitted: false, reason: 'rate_limited', closings: 1 });
  expect('waitMs' in refused && refused.waitMs).toBeGreaterThan(29_000);
  expect('waitMs' in refused && refused.waitMs).toBeLessThanOrEqual(30_000);
  expect(await theirs.state(key)).toMatchObject({ state: 'closed', closings: 1 });
});

test('is shared by processes', async () => {
  const key = randomUUID();
  const child = new URL('./close-gate.ts', import.meta.url).pathname;
  const run = promisify(execFile);
  await run(process.execPath, [child, key], {
    env: { ...process.env, REDIS_URL: testStack().redis.url },
  });
  expect(await gateOver(one).admit(key)).toMatchObject({
    admitted: false,
    reason: 'rate_limited',
    closings: 1,
  });
});

test('lets one of many through when the time is over, and all once that one was answered', async () => {
  const key = randomUUID();
  const [mine, theirs] = [gateOver(one), gateOver(other)];
  await mine.report(key, await enter(mine, key), failed('rate_limited', 20));
  await sleep(25);
  const asked = await Promise.all(
    Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? mine : theirs).admit(key)),
  );
  const probes = asked.filter((admission) => admission.admitted);
  expect(probes).toHaveLength(1);
  expect(probes).toMatchObject([{ probe: true }]);
  await Promise.all(probes.map((probe) => theirs.report(key, probe, { answered: true })));
  expect(await mine.admit(key)).toMatchObject({ admitted: true, probe: false });
});

test('counts each of the failures that many workers report at once, and closes once', async () => {
  const key = randomUUID();
  const closings: string[] = [];
  const gates = [gateOver(one, closings), gateOver(other, closings)];
  const calls = await Promise.all(
    gates.flatMap((gate) =>
      [1, 2, 3].map(async () => ({ gate, admission: await enter(gate, key) })),
    ),
  );
  const report = ({ gate, admission }: { gate: Gate; admission: Admitted }) =>
    gate.report(key, admission, failed('transient', null));
  await Promise.all(calls.slice(0, 4).map(report));
  expect(await gateOver(one).state(key)).toMatchObject({ state: 'open', failuresInARow: 4 });
  await Promise.all(calls.slice(4).map(report));
  expect(await gateOver(one).state(key)).toMatchObject({
    state: 'closed',
    reason: 'failures',
    failuresInARow: 5,
    closings: 1,
  });
  expect(closings).toEqual(['failures']);
});

test('leaves nothing in Redis for good, and nothing at all of a gate that never closed', async () => {
  const key = randomUUID();
  const gate = gateOver(one);
  await gate.report(key, await enter(gate, key), { answered: true });
  expect(await one.get(`hansard:gate:${key}`)).toBeNull();
  await gate.report(key, await enter(gate, key), failed('rate_limited', 1000));
  const left = await one.eval(`return redis.call('PTTL', KEYS[1])`, {
    keys: [`hansard:gate:${key}`],
    arguments: [],
  });
  expect(left).toBeGreaterThan(300_000);
  expect(left).toBeLessThanOrEqual(3_600_000);
});

test('takes what it cannot read for an open gate, and writes over it', async () => {
  const key = randomUUID();
  const gate = gateOver(one);
  for (const nonsense of ['', '{', '{"epoch":"soon"}', 'null']) {
    await one.set(`hansard:gate:${key}`, nonsense);
    const admission = await enter(gate, key);
    expect(admission.probe).toBe(false);
    await gate.report(key, admission, failed('rate_limited', 1000));
    expect(await gate.admit(key)).toMatchObject({ admitted: false, closings: 1 });
  }
});

test('gives the turns of a limit once among all workers, and none that is too far away', async () => {
  const key = randomUUID();
  const gates = [gateOver(one), gateOver(other), gateOver(one), gateOver(other)];
  const turns = await Promise.all(gates.map((gate) => gate.turn(key, 6, 60_000)));
  const waits = turns.map(({ waitMs }) => Math.round(waitMs / 10_000) * 10);
  expect(new Set(waits)).toEqual(new Set([0, 10, 20, 30]));
  expect(await gateOver(one).turn(key, 6, 30_000)).toMatchObject({ taken: false });
  expect(await gateOver(one).turn(key, 6, 60_000)).toMatchObject({ taken: true });
  // The gate itself has nothing to do with it.
  expect(await gateOver(one).state(key)).toMatchObject({ state: 'open' });
});

test('goes on in process when the connection ends, and never throws', async () => {
  const key = randomUUID();
  const redis = await connectRedis(testStack().redis.url);
  const troubles: unknown[] = [];
  const gate = createGate({
    shared: createRedisGateStore(redis),
    now: () => new Date(),
    onFallback: (error) => troubles.push(error),
  });
  const admission = await enter(gate, key);
  redis.close();
  await gate.report(key, admission, failed('rate_limited', 30_000));
  expect(await gate.admit(key)).toMatchObject({ admitted: false, closings: 1 });
  expect(troubles).toHaveLength(1);
});

test('moves in Redis as it does in process, whatever happens in which order', async () => {
  await fc.assert(
    fc.asyncProperty(gateSteps, async (steps) => {
      const clock = { ms: 1_800_000_000_000 };
      const now = () => new Date(clock.ms);
      const key = randomUUID();
      const gates = [
        createGate({ shared: atClock(createRedisGateStore(one), clock), now }),
        createGate({ shared: atClock(createMemoryGateStore(now), clock), now }),
      ] as const;
      const calls: (readonly [Admitted, Admitted])[] = [];
      const told: [unknown[], unknown[]] = [[], []];
      for (const step of steps) {
        if (step.do === 'wait') clock.ms += step.ms;
        if (step.do === 'enter') {
          const asked = await both(gates, (gate) => gate.admit(key, { probe: step.early }));
          asked.forEach((admission, n) => told[n]?.push(comparable(admission)));
          if (asked[0].admitted && asked[1].admitted) calls.push([asked[0], asked[1]]);
        }
        if (step.do === 'report') {
          const [call] = calls.splice(step.which % Math.max(calls.length, 1), 1);
          const { outcome } = step;
          await both(gates, async (gate, n) => {
            if (call !== undefined) await gate.report(key, call[n], outcome);
          });
        }
        const states = await both(gates, (gate) => gate.state(key));
        states.forEach((state, n) => told[n]?.push(state));
      }
      expect(told[0]).toEqual(told[1]);
    }),
    { numRuns: 60 },
  );
});

const atClock = ({ read, swap }: GateStore, clock: { readonly ms: number }): GateStore => ({
  read: async (key) => ({ ...(await read(key)), nowMs: clock.ms }),
  swap,
});

const both = <T>(
  gates: readonly [Gate, Gate],
  step: (gate: Gate, n: 0 | 1) => Promise<T>,
): Promise<[T, T]> => Promise.all([step(gates[0], 0), step(gates[1], 1)]);

/** Without what is drawn by lot: ids, and how long who waits for a probe. */
const comparable = (admission: Admission) =>
  admission.admitted
    ? { ...admission, id: '' }
    : { ...admission, waitMs: admission.waitMs < 2000 ? 'short' : admission.waitMs };
