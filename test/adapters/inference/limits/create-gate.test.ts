import { expect, test } from 'vitest';
import { createGate, type Gate } from '../../../../adapters/inference/limits/create-gate.ts';
import type { Admitted, GateOutcome } from '../../../../adapters/inference/limits/gate-record.ts';
import type { GateStore } from '../../../../adapters/inference/limits/gate-store.ts';

const KEY = 'a'.repeat(64);
const ANSWERED: GateOutcome = { answered: true };

function gateAt(options: { shared?: GateStore; onFallback?: (error: unknown) => void } = {}) {
  const clock = { ms: 1_800_000_000_000 };
  const closings: string[] = [];
  const gate = createGate({
    shared: options.shared ?? null,
    now: () => new Date(clock.ms),
    ...(options.onFallback && { onFallback: options.onFallback }),
    onClosing: (key, reason) => closings.push(`${key.slice(0, 1)} ${reason}`),
  });
  return { gate, clock, closings };
}

async function admitted(gate: Gate, options?: { probe: boolean }): Promise<Admitted> {
  const admission = await gate.admit(KEY, options);
  if (!admission.admitted) throw new Error(`refused for ${admission.waitMs} ms`);
  return admission;
}

const failed = (
  kind: Extract<GateOutcome, { answered: false }>['kind'],
  waitMs: number | null = null,
): GateOutcome => ({ answered: false, kind, waitMs });

test('lets everything through while nobody complains', async () => {
  const { gate } = gateAt();
  await gate.report(KEY, await admitted(gate), ANSWERED);
  expect(await gate.admit(KEY)).toMatchObject({ admitted: true, probe: false });
  expect(await gate.state(KEY)).toEqual({
    state: 'open',
    reason: null,
    closedForMs: 0,
    failuresInARow: 0,
    closings: 0,
  });
});

test('is closed by one 429 for the time asked, and for that target alone', async () => {
  const { gate, closings } = gateAt();
  await gate.report(KEY, await admitted(gate), failed('rate_limited', 30_000));
  expect(await gate.admit(KEY)).toEqual({
    admitted: false,
    waitMs: 30_000,
    reason: 'rate_limited',
    closings: 1,
  });
  expect(await gate.admit('another target')).toMatchObject({ admitted: true });
  expect(closings).toEqual(['a rate_limited']);
});

test('lets one probe through when its time is over, whose success opens it', async () => {
  const { gate, clock } = gateAt();
  await gate.report(KEY, await admitted(gate), failed('loading', 30_000));
  clock.ms += 30_000;
  expect(await gate.state(KEY)).toMatchObject({ state: 'half_open', closedForMs: 0, closings: 1 });
  const probe = await admitted(gate);
  expect(probe.probe).toBe(true);
  const refused = await gate.admit(KEY);
  expect(refused).toMatchObject({ admitted: false, reason: 'loading', closings: 1 });
  expect('waitMs' in refused && refused.waitMs).toBeGreaterThanOrEqual(1000);
  expect('waitMs' in refused && refused.waitMs).toBeLessThan(2000);
  await gate.report(KEY, probe, ANSWERED);
  expect(await gate.state(KEY)).toMatchObject({ state: 'open', closings: 0 });
});

test('gives the probe to the next where the first is withdrawn, and lets a dead one lapse after a minute', async () => {
  const { gate, clock } = gateAt();
  await gate.report(KEY, await admitted(gate), failed('rate_limited', 1000));
  clock.ms += 1000;
  await gate.report(KEY, await admitted(gate), null);
  expect((await admitted(gate)).probe).toBe(true);
  clock.ms += 59_999;
  expect(await gate.admit(KEY)).toMatchObject({ admitted: false });
  clock.ms += 1;
  expect((await admitted(gate)).probe).toBe(true);
});

/** A shared store at which things can go wrong. */
function createShakyStore() {
  const store = { mode: 'works' as 'works' | 'fails' | 'hangs', reads: 0 };
  const trouble = async (): Promise<void> => {
    if (store.mode === 'fails') throw new Error('no Redis');
    if (store.mode === 'hangs') await new Promise(() => {});
  };
  const shared: GateStore = {
    read: async () => {
      store.reads += 1;
      await trouble();
      return { kept: null, nowMs: 0 };
    },
    swap: async () => {
      await trouble();
      return true;
    },
  };
  return { store, shared };
}

test('takes the gates of its own at once when the shared ones fail, says so once, and comes back', async () => {
  const { store, shared } = createShakyStore();
  const troubles: unknown[] = [];
  const { gate, clock } = gateAt({ shared, onFallback: (error) => troubles.push(error) });
  store.mode = 'fails';
  await gate.report(KEY, await admitted(gate), failed('rate_limited', 30_000));
  expect(await gate.admit(KEY)).toMatchObject({ admitted: false, waitMs: 30_000 });
  expect(store.reads).toBe(1);
  clock.ms += 2000;
  expect(await gate.admit(KEY)).toMatchObject({ admitted: false, waitMs: 28_000 });
  expect(store.reads).toBe(2);
  expect(troubles).toEqual([new Error('no Redis')]);
  store.mode = 'works';
  clock.ms += 2000;
  expect(await gate.admit(KEY)).toMatchObject({ admitted: true });
  store.mode = 'fails';
  await gate.admit(KEY);
  expect(troubles).toHaveLength(2);
});

test('waits for shared gates that hang half a second at most, and once', async () => {
  const { store, shared } = createShakyStore();
  const troubles: unknown[] = [];
  const { gate } = gateAt({ shared, onFallback: (error) => troubles.push(error) });
  store.mode = 'hangs';
  const startedAt = performance.now();
  const admission = await admitted(gate);
  await gate.report(KEY, admission, failed('transient'));
  expect(await gate.state(KEY)).toMatchObject({ failuresInARow: 1 });
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(troubles).toHaveLength(1);
});

test('ends once what was under way has ended', async () => {
  const { store, shared } = createShakyStore();
  const { gate } = gateAt({ shared });
  store.mode = 'hangs';
  let answered = false;
  const asking = gate.admit(KEY).then(() => (answered = true));
  await gate.close();
  await new Promise(setImmediate);
  expect(answered).toBe(true);
  await asking;
});

test('forgets the gate that was moved longest ago when there are a thousand', async () => {
  const { gate } = gateAt();
  const closeOne = async (key: string): Promise<void> => {
    const admission = await gate.admit(key);
    if (admission.admitted) await gate.report(key, admission, failed('rate_limited', 30_000));
  };
  await closeOne(KEY);
  for (let n = 0; n < 999; n += 1) await closeOne(`target-${n}`);
  expect(await gate.admit(KEY)).toMatchObject({ admitted: false });
  await closeOne('one more');
  expect(await gate.admit(KEY)).toMatchObject({ admitted: true });
});
