import { expect, it } from 'vitest';
import { callDeadline, DEADLINES_MS } from '../../../../adapters/inference/wire/deadlines.ts';
import { ROLES } from '../../../../workflows/contracts/targets.ts';

it('a call has the deadline of its role, and never more than its activity has', () => {
  for (const role of ROLES) {
    expect(callDeadline({ role }, 86_400_000)).toBe(DEADLINES_MS[role]);
    expect(callDeadline({ role }, 1234)).toBe(1234);
  }
});
