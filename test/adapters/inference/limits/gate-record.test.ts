import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Admitted, GateOutcome } from '../../../../adapters/inference/limits/gate-record.ts';
import {
  admissionOf,
  gateRecordSchema,
  gateStateOf,
  nextGate,
  OPEN_GATE,
} from '../../../../adapters/inference/limits/gate-record.ts';
import type { GateRecord } from '../../../../adapters/inference/limits/gate-record.ts';
import type { VerdictKind } from '../../../../workflows/contracts/verdicts.ts';
import { gateSteps, outcomes } from './gate-steps.ts';

const NOW = 1_800_000_000_000;
const ANSWERED: GateOutcome = { answered: true };
const failed = (kind: VerdictKind, waitMs: number | null = null): GateOutcome => ({
  answered: false,
  kind,
  waitMs,
});

/** One gate, and the calls that go through it. */
function createSubject(record: GateRecord = OPEN_GATE) {
  const subject = { record, nowMs: NOW, ids: 0 };
  const report = (call: Admitted, outcome: GateOutcome | null) => {
    const { id, epoch, probe } = call;
    const event = { event: 'reported', id, epoch, probe, outcome } as const;
    subject.record = nextGate(subject.record, event, subject.nowMs);
  };
  const ask = (early = false) => {
    const id = `call-${(subject.ids += 1)}`;
    subject.record = nextGate(subject.record, { event: 'asked', id, early }, subject.nowMs);
    return admissionOf(subject.record, id, subject.nowMs, 0.5);
  };
  const enter = (early = false): Admitted => {
    const admission = ask(early);
    if (!admission.admitted) throw new Error('refused');
    return admission;
  };
  const state = () => gateStateOf(subject.record, subject.nowMs);
  return Object.assign(subject, { ask, enter, report, state });
}

test.each([
  ['rate_limited', [1, 2, 4, 8, 16, 32, 60, 60]],
  ['loading', [2, 4, 8, 16, 32, 60, 60]],
  ['transient', [4, 8, 16, 32, 60, 60]],
] as const)('closes for %s by %j seconds, one after another', (kind, seconds) => {
  const gate = createSubject({ ...OPEN_GATE, failuresInARow: 4 });
  for (const [index, expected] of seconds.entries()) {
    gate.report(gate.enter(), failed(kind));
    expect(gate.state()).toMatchObject({
      state: 'closed',
      closedForMs: expected * 1000,
      closings: index + 1,
    });
    gate.nowMs += expected * 1000;
  }
  gate.report(gate.enter(), ANSWERED);
  expect(gate.state()).toMatchObject({ state: 'open', closings: 0, failuresInARow: 0 });
});

test('closes after five failures in a row, and after one that names a time', () => {
  const gate = createSubject();
  for (let n = 1; n <= 4; n += 1) gate.report(gate.enter(), failed('transient'));
  expect(gate.state()).toMatchObject({ state: 'open', failuresInARow: 4 });
  gate.report(gate.enter(), failed('transient'));
  expect(gate.state()).toMatchObject({ state: 'closed', reason: 'failures', closedForMs: 4000 });

  const asked = createSubject();
  asked.report(asked.enter(), failed('transient', 20_000));
  expect(asked.state()).toMatchObject({ state: 'closed', reason: 'failures', closedForMs: 20_000 });
});

const SAY_NOTHING = ['not_served', 'auth', 'billing', 'closed'] as const;
const SAY_THAT_IT_ANSWERS = ['provider_bug', 'input', 'too_large'] as const;

test.each(SAY_THAT_IT_ANSWERS)('never closes for %s, which ends a row of failures', (kind) => {
  const gate = createSubject({ ...OPEN_GATE, failuresInARow: 4 });
  gate.report(gate.enter(), failed(kind, 60_000));
  expect(gate.state()).toMatchObject({ state: 'open', failuresInARow: 0 });
});

test.each(SAY_NOTHING)('learns nothing from %s, neither of a call nor of a probe', (kind) => {
  const gate = createSubject({ ...OPEN_GATE, failuresInARow: 4 });
  gate.report(gate.enter(), failed(kind, 60_000));
  expect(gate.state()).toMatchObject({ state: 'open', failuresInARow: 4 });
  gate.report(gate.enter(), failed('rate_limited'));
  gate.nowMs += 1000;
  const probe = gate.enter();
  expect(gate.ask()).toMatchObject({ admitted: false });
  gate.report(probe, failed(kind, 60_000));
  expect(gate.state()).toMatchObject({ state: 'half_open', closings: 1 });
  expect(gate.enter().probe).toBe(true);
});

test('counts one closing where many calls under way are refused, and waits as long as any was asked', () => {
  const gate = createSubject();
  const [first, second, third, fourth] = [gate.enter(), gate.enter(), gate.enter(), gate.enter()];
  gate.report(first, failed('rate_limited', 5000));
  gate.report(second, failed('rate_limited'));
  gate.report(third, failed('rate_limited', 20_000));
  gate.report(fourth, failed('rate_limited', 9000));
  expect(gate.state()).toMatchObject({ closings: 1, closedForMs: 20_000 });
});

test('is not opened by the success of a call that was admitted before it closed', () => {
  const gate = createSubject();
  const [early, refused] = [gate.enter(), gate.enter()];
  gate.report(refused, failed('rate_limited', 5000));
  gate.report(early, ANSWERED);
  expect(gate.state()).toMatchObject({ state: 'closed', closedForMs: 5000 });
  gate.nowMs += 5000;
  gate.report(gate.enter(), failed('rate_limited', 5000));
  gate.report(early, ANSWERED);
  expect(gate.state()).toMatchObject({ state: 'closed', closings: 2 });
});

test('hears a probe whose lease lapsed no more than any late call', () => {
  const gate = createSubject();
  gate.report(gate.enter(), failed('rate_limited', 1000));
  gate.nowMs += 1000;
  const slow = gate.enter();
  gate.nowMs += 60_000;
  const second = gate.enter();
  gate.report(slow, null);
  expect(gate.ask()).toMatchObject({ admitted: false });
  gate.report(second, failed('rate_limited', 1000));
  gate.report(slow, ANSWERED);
  expect(gate.state()).toMatchObject({ state: 'closed', closings: 2 });
});

test('takes a wait of nothing for no wait asked, so that nobody asks again at once', () => {
  for (const waitMs of [0, -5, NaN]) {
    const gate = createSubject();
    gate.report(gate.enter(), failed('rate_limited', waitMs));
    expect(gate.state()).toMatchObject({ state: 'closed', closedForMs: 1000 });
  }
});

test('lets a warm-up through before its time, one at once', () => {
  const gate = createSubject();
  gate.report(gate.enter(), failed('loading', 100_000));
  expect(gate.ask()).toMatchObject({ admitted: false, waitMs: 100_000 });
  const ping = gate.enter(true);
  expect(ping.probe).toBe(true);
  expect(gate.ask(true)).toMatchObject({ admitted: false, waitMs: 100_000 });
  expect(gate.state().state).toBe('half_open');
  gate.report(ping, ANSWERED);
  expect(gate.state().state).toBe('open');
});

test('is open sooner after a failed warm-up no more than after none', () => {
  const gate = createSubject();
  gate.report(gate.enter(), failed('loading', 100_000));
  gate.report(gate.enter(true), failed('loading', 3000));
  expect(gate.state()).toMatchObject({ state: 'closed', closedForMs: 100_000, closings: 2 });
});

test('believes no time further ahead than 300 s, so that a clock set back closes nothing for long', () => {
  const gate = createSubject();
  gate.report(gate.enter(), failed('rate_limited', 300_000));
  gate.enter(true);
  gate.nowMs -= 86_400_000;
  expect(gate.state()).toMatchObject({ state: 'half_open' });
  expect(gate.ask(true)).toMatchObject({ admitted: false, waitMs: 300_000 });
  expect(gate.record.closed?.probe?.untilMs).toBe(gate.nowMs + 60_000);
  gate.nowMs += 60_000;
  expect(gate.enter(true).probe).toBe(true);
});

test('keeps its laws in whatever order calls enter, end and die', () => {
  fc.assert(
    fc.property(gateSteps, (steps) => {
      const gate = createSubject();
      const broken = new Set<string>();
      const law = (name: string, holds: boolean): void => void (holds || broken.add(name));
      const calls: Admitted[] = [];
      let probeOutSinceMs = -Infinity;

      const enter = (early: boolean, { closed }: GateRecord): void => {
        const { closings } = gate.state();
        const admission = gate.ask(early);
        if (!admission.admitted) {
          law('who is refused waits, 300 s at most', isWithin(admission.waitMs, 1, 300_000));
          law('who is refused learns of the closings', admission.closings === closings);
          return;
        }
        law('only probes go through a gate that closed', admission.probe === (closed !== null));
        calls.push(admission);
        if (!admission.probe) return;
        law('one probe a lease', gate.nowMs - probeOutSinceMs >= 60_000);
        probeOutSinceMs = gate.nowMs;
      };
      const report = (call: Admitted, outcome: GateOutcome | null, before: GateRecord): void => {
        const isProbeOfIt = call.probe && call.epoch === before.epoch;
        gate.report(call, outcome);
        const [was, is] = [before.closed, gate.record.closed];
        law('only a probe of this closing opens', was === null || is !== null || isProbeOfIt);
        law('its success opens', !(isProbeOfIt && outcome?.answered === true) || is === null);
        if (was !== null && is !== null) {
          law('no report has it open sooner', is.untilMs >= was.untilMs);
          law('closings only grow until it opens', is.closings >= was.closings);
        }
        const returned = was?.probe?.id === call.id || gate.record.epoch !== before.epoch;
        if (returned || is === null) probeOutSinceMs = -Infinity;
      };

      for (const step of steps) {
        const before = gate.record;
        if (step.do === 'wait') gate.nowMs += step.ms;
        if (step.do === 'enter') enter(step.early, before);
        if (step.do === 'report') {
          const [call] = calls.splice(step.which % Math.max(calls.length, 1), 1);
          if (call !== undefined) report(call, step.outcome, before);
        }
        law('epochs only grow', gate.record.epoch >= before.epoch);
        law('closed for 300 s at most', isWithin(gate.state().closedForMs, 0, 300_000));
        law('what is kept can be read', gateRecordSchema.safeParse(gate.record).success);
      }
      expect([...broken]).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

const isWithin = (value: number, least: number, most: number): boolean =>
  value >= least && value <= most;

test('closes for no shorter a time where longer was asked', () => {
  const wait = fc.double({ min: 1, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(outcomes, wait, wait, (outcome, one, other) => {
      if (outcome === null || outcome.answered) return;
      const closedFor = (waitMs: number): number => {
        const gate = createSubject();
        gate.report(gate.enter(), { ...outcome, waitMs });
        return gate.state().closedForMs;
      };
      const [shorter, longer] = [Math.min(one, other), Math.max(one, other)];
      expect(closedFor(longer)).toBeGreaterThanOrEqual(closedFor(shorter));
    }),
  );
});
