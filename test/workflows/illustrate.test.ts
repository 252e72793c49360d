import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { recordedTarget } from './recorded-target.ts';
import {
  ALL_GOES_WELL,
  openWorkflowBench,
  refusal,
  started,
  unless,
  type FinishedJob,
  type WorkflowBench,
} from './workflow-bench.ts';

let bench: WorkflowBench;
beforeAll(async () => {
  bench = await openWorkflowBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const { drawPicture, moderatePicture } = ALL_GOES_WELL;

/** Pictures with these qualities, in the order in which they are drawn. */
const qualities = (...values: readonly number[]): Activities['assessPicture'] => {
  return ({ sha256 }) =>
    Promise.resolve({ quality: values[Number(sha256.slice('picture-'.length))] ?? NaN });
};

/** The verdicts on them. */
const verdicts = (
  ...values: readonly ('safe' | 'held' | 'blocked')[]
): Activities['moderatePicture'] => {
  return ({ target, sha256 }) =>
    Promise.resolve({
      target: target.name,
      reused: false,
      verdict: values[Number(sha256.slice('picture-'.length))] ?? 'safe',
    });
};

const attempts = (job: FinishedJob) => job.inputsOf('drawPicture').map(({ attempt }) => attempt);
const rendered = (job: FinishedJob) => job.inputsOf('renderMinutes')[0];

describe.concurrent('the picture', () => {
  test.for([
    [
      'is drawn again below a quality of 0.35, and the better one is published',
      [0.34, 0.9],
      [0, 1],
      1,
    ],
    ['is not drawn again at a quality of 0.35', [0.35, 0.9], [0], 0],
    ['is drawn twice at most, and the first is published when it is better', [0.2, 0.1], [0, 1], 0],
    [
      'is drawn twice at most, and the second is published when it is better',
      [0.1, 0.2],
      [0, 1],
      1,
    ],
  ] as const)('%s', async ([, values, drawn, chosen]) => {
    const job = await bench.run({ assessPicture: qualities(...values) });
    expect(attempts(job)).toEqual(drawn);
    expect(job.inputsOf('publishPicture')).toMatchObject([
      { sha256: `picture-${chosen}`, attempt: chosen, quality: values[chosen] },
    ]);
    expect(rendered(job)).toMatchObject({
      degradations: [],
      picture: {
        sha256: `picture-${chosen}`,
        attempt: chosen,
        quality: values[chosen],
        verdict: 'safe',
        key: `published/picture-${chosen}`,
      },
    });
  });

  test('is published and shown as what the recorded answer drew', async () => {
    const job = await bench.run({
      drawPicture: async (input) => ({ ...(await drawPicture(input)), callKey: 'of the picture' }),
    });
    expect(job.inputsOf('publishPicture')).toMatchObject([{ callKey: 'of the picture' }]);
    expect(rendered(job)).toMatchObject({ picture: { callKey: 'of the picture' } });
  });

  test.for(['held', 'blocked'] as const)(
    'stays the safe one when a second one of better quality is %s',
    async (verdict) => {
      const job = await bench.run({
        assessPicture: qualities(0.1, 0.9),
        moderatePicture: verdicts('safe', verdict),
      });
      expect(attempts(job)).toEqual([0, 1]);
      expect(job.inputsOf('publishPicture')).toMatchObject([{ sha256: 'picture-0', attempt: 0 }]);
    },
  );

  test.for(['held', 'blocked'] as const)(
    'is not drawn again when it is %s, and stays in quarantine',
    async (verdict) => {
      const job = await bench.run({
        assessPicture: qualities(0.1),
        moderatePicture: verdicts(verdict),
        publishPicture: () => Promise.resolve({ verdict, key: null }),
      });
      expect(attempts(job)).toEqual([0]);
      expect(rendered(job)).toMatchObject({
        degradations: [],
        picture: { sha256: 'picture-0', verdict, key: null },
      });
    },
  );

  const MISSING = {
    stage: 'illustrate',
    role: 'illustrate',
    level: 'missing',
    target: null,
    spans: [],
  };

  test('is missing when no target draws it, and the minutes are published', async () => {
    const job = await bench.run({
      startJob: started({ illustrate: [recordedTarget('first'), recordedTarget('second')] }),
      drawPicture: unless({ first: 'ModelNotFound', second: 'TargetExhausted' }, drawPicture),
    });
    expect(rendered(job)).toMatchObject({
      degradations: [
        { ...MISSING, level: 'fallback', target: 'second', reason: 'first: ModelNotFound' },
        { ...MISSING, reason: 'second: TargetExhausted' },
      ],
      picture: null,
    });
    expect(job.inputsOf('publishMinutes')).toHaveLength(1);
    expect(job.inputsOf('closeJob')).toMatchObject([{ status: 'completed' }]);
    expect(await job.handle.query('progress')).toMatchObject({
      stages: { illustrate: 'degraded', publish: 'done' },
    });
  });

  test('is missing when no target is configured', async () => {
    const job = await bench.run({ startJob: started({ illustrate: [] }) });
    expect(rendered(job)).toMatchObject({
      degradations: [{ ...MISSING, reason: 'no target: NoTarget' }],
      picture: null,
    });
  });

  test('is missing when one of its activities fails, and the minutes are published', async () => {
    const job = await bench.run({
      publishPicture: () => Promise.reject(refusal('MissingObject', 'it is not in quarantine')),
    });
    expect(rendered(job)).toMatchObject({
      degradations: [{ ...MISSING, reason: 'MissingObject' }],
      picture: null,
    });
    expect(job.inputsOf('publishMinutes')).toHaveLength(1);
  });

  test('is the first one when the second cannot be drawn', async () => {
    const job = await bench.run({
      assessPicture: qualities(0.1),
      drawPicture: (input) =>
        unless(input.attempt === 1 ? { first: 'TargetExhausted' } : {}, drawPicture)(input),
    });
    expect(rendered(job)).toMatchObject({ degradations: [], picture: { attempt: 0 } });
  });

  const HELD = { ...MISSING, role: 'moderate', level: 'simplified' };

  test.for([
    ['no target: NoTarget; the picture is held', []],
    ['first: TargetExhausted; the picture is held', [recordedTarget('first')]],
  ] as const)(
    'is held when nothing could check it, and the minutes give the reason: %s',
    async ([reason, moderate]) => {
      const job = await bench.run({
        startJob: started({ moderate }),
        assessPicture: qualities(0.1),
        moderatePicture: unless({ first: 'TargetExhausted' }, moderatePicture),
        publishPicture: () => Promise.resolve({ verdict: 'held', key: null }),
      });
      expect(attempts(job)).toEqual([0]);
      expect(rendered(job)).toMatchObject({
        degradations: [{ ...HELD, reason }],
        picture: { sha256: 'picture-0', verdict: 'held', key: null },
      });
    },
  );

  test('stays the safe one, with no degradation, when the second one could not be checked', async () => {
    const job = await bench.run({
      assessPicture: qualities(0.1, 0.9),
      moderatePicture: (input) =>
        unless(
          input.sha256 === 'picture-1' ? { first: 'TargetExhausted' } : {},
          moderatePicture,
        )(input),
    });
    expect(attempts(job)).toEqual([0, 1]);
    expect(rendered(job)).toMatchObject({
      degradations: [],
      picture: { sha256: 'picture-0', verdict: 'safe' },
    });
  });
});
