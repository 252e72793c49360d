import { randomBytes } from 'node:crypto';
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { callTarget } from '../../../activities/paid/call-target.ts';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { smallestInput } from '../../../adapters/inference/call/smallest-request.ts';
import { jobHome } from '../../../adapters/object-store/keys.ts';
import {
  diarize,
  illustrate,
  moderate,
  summarize,
  transcribe,
  warm,
} from '../../../workflows/policies.ts';
import { attempt, openBench } from '../activity-bench.ts';

const JOB_ID = 'a'.repeat(26);

let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** The deadline, in seconds, that reaches the wire under the timeout that a policy gives the activity. */
async function deadlineOf(
  policy: { readonly startToCloseTimeout: Duration },
  run: (deps: Dependencies) => Promise<unknown>,
): Promise<number> {
  const deadlines: number[] = [];
  const deps: Dependencies = {
    ...bench.deps,
    transport: {
      ...bench.deps.transport,
      send: (_request, _target, { deadlineMs }) => {
        deadlines.push(deadlineMs);
        return Promise.reject(new Error('nothing is sent here'));
      },
    },
  };
  const startToCloseTimeoutMs = msToNumber(policy.startToCloseTimeout);
  await attempt(() => run(deps), { startToCloseTimeoutMs }).catch(() => null);
  expect(deadlines).toHaveLength(1);
  return (deadlines[0] ?? 0) / 1000;
}

// A little is spent before the call: on the ledger, say.
test.each([
  ['transcribe', transcribe, 165],
  ['diarize', diarize(600), 405],
  ['summarize', summarize, 225],
  ['illustrate', illustrate, 285],
  ['moderate', moderate, 45],
] as const)('a call to %s has the deadline of its policy', async (role, policy, seconds) => {
  const target = bench.recorded[role];
  const deadline = await deadlineOf(policy, (deps) =>
    callTarget(
      deps,
      { tenant: 'default', jobId: JOB_ID, target, last: false },
      {
        role,
        home: jobHome('default', JOB_ID),
        workKey: randomBytes(32).toString('hex'),
        input: () => Promise.resolve(smallestInput(role)),
        accept: (answer) => Promise.resolve(answer),
      },
    ),
  );
  expect(deadline).toBeLessThanOrEqual(seconds);
  expect(deadline).toBeGreaterThan(seconds - 5);
});

test('a warm-up may take 105 s', async () => {
  const deadline = await deadlineOf(warm, (deps) =>
    createActivities(deps).warmTarget({ target: 'whisper' }),
  );
  expect(deadline).toBeLessThanOrEqual(105);
  expect(deadline).toBeGreaterThan(100);
});
