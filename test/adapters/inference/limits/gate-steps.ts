import * as fc from 'fast-check';
import type { GateOutcome } from '../../../../adapters/inference/limits/gate-record.ts';
import { VERDICT_KINDS } from '../../../../workflows/contracts/verdicts.ts';

export type GateStep =
  | { readonly do: 'enter'; readonly early: boolean }
  | { readonly do: 'report'; readonly which: number; readonly outcome: GateOutcome | null }
  | { readonly do: 'wait'; readonly ms: number };

/** Null: withdrawn. Failures that close come often, and so do waits that nobody may ask. */
export const outcomes: fc.Arbitrary<GateOutcome | null> = fc.oneof(
  fc.constant({ answered: true } as const),
  fc.constant(null),
  fc.record({
    answered: fc.constant(false as const),
    kind: fc.oneof(
      fc.constantFrom('rate_limited' as const, 'loading' as const, 'transient' as const),
      fc.constantFrom(...VERDICT_KINDS),
    ),
    waitMs: fc.oneof(
      fc.constant(null),
      fc.integer({ min: 1, max: 120_000 }),
      fc.double({ min: -1e6, max: 1e9 }),
    ),
  }),
);

export const gateSteps: fc.Arbitrary<readonly GateStep[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('enter' as const), early: fc.boolean() }),
    fc.record({ do: fc.constant('report' as const), which: fc.nat(20), outcome: outcomes }),
    fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat(3000), fc.nat(70_000), fc.nat(400_000)),
    }),
  ),
  { maxLength: 60 },
);
