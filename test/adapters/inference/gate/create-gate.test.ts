import { expect, it } from 'vitest';
import { createGate } from '../../../../adapters/inference/gate/create-gate.ts';
import type { Admitted, Gate, GateOutcome } from '../../../../adapters/inference/gate/gate.ts';
import type { GateStore } from '../../../../adapters/inference/gate/gate-store.ts';

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

it('lets everything through while nobody complains', async () => {
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

it('is closed by one 429 for the time asked, and for that target alone', async () => {
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

it('lets one probe through when its time is over, whose success opens it', async () => {
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

it('gives the probe to the next where the first is withdrawn, and lets a dead one lapse after a minute', async () => {
  const { gate, clock } = gateAt();
  await gate.report(KEY, await admitted(gate), failed('rate_limited', 1000));
  clock.ms += 1000;
  await gate.withdraw(KEY, await admitted(gate));
  expect((await admitted(gate)).probe).toBe(true);
  clock.ms += 59_999;
  expect(await gate.admit(KEY)).toMatchObject({ admitted: false });
  clock.ms += 1;
  expect((await admitted(gate)).probe).toBe(true);
});
