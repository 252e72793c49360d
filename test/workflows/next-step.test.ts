import { describe, expect, test } from 'vitest';
import type { FailureType } from '../../workflows/contracts/failures.ts';
import { isLast, leaveTarget, nextStep, type ChainState } from '../../workflows/next-step.ts';
import { recordedTarget } from './workflow-bench.ts';

/** `a` and `b` belong to one account, `c` to another. */
const targets = [
  recordedTarget('a', { credentials: 'one' }),
  recordedTarget('b', { credentials: 'one' }),
  recordedTarget('c', { credentials: 'other' }),
];

const state = (change: Partial<ChainState> = {}): ChainState => ({
  targets,
  current: 0,
  index: 0,
  own: null,
  wakings: 0,
  ...change,
});

const failure = (type: FailureType, target = 'a') => ({
  type,
  target,
  message: `${target}: ${type}`,
});

const ask = (index: number, movesAll: boolean, own: unknown = null) => ({
  kind: 'ask',
  index,
  movesAll,
  own,
});
const fail = (of: unknown, endsChain: boolean) => ({ kind: 'fail', failure: of, endsChain });

const exhausted = failure('TargetExhausted');
const tooLarge = failure('TooLarge');
const itemExhausted = failure('ItemExhausted');
const asleep = failure('EndpointAsleep');
const refused = failure('BadRequest');

describe('the next step of an item', () => {
  test.each([
    // fallback
    ['an exhausted target: all go to the next one', {}, exhausted, ask(1, true)],
    ['a target that lacks the model: all go on', {}, failure('ModelNotFound'), ask(1, true)],
    ['the last target is exhausted: the chain ends', at(2, 2), exhausted, fail(exhausted, true)],

    // credentials
    ['a refused account: past its other target', {}, failure('Unauthorized'), ask(2, true)],
    ['an empty account: past its other target', {}, failure('OutOfCredit'), ask(2, true)],
    [
      'a refused account, and no other follows: the chain ends',
      { targets: targets.slice(0, 2) },
      failure('Unauthorized'),
      fail(failure('Unauthorized'), true),
    ],

    // probe, or an item that was sent before a fallback
    ['a probe that fails joins the others', at(0, 1), exhausted, ask(1, false)],
    ['a probe joins them past targets given up since', at(0, 2), exhausted, ask(2, false)],
    ['a probe with a refused account joins them', at(0, 1), failure('Unauthorized'), ask(1, false)],
    [
      'a probe that is too large joins them, and has no failure of its own',
      at(0, 1),
      tooLarge,
      ask(1, false),
    ],

    // an item's own failure
    ['too large: it goes on alone', {}, tooLarge, ask(1, false, tooLarge)],
    ['its tries are used up: it goes on alone', {}, itemExhausted, ask(1, false, itemExhausted)],
    [
      'alone, it moves nobody',
      { ...at(1, 0), own: itemExhausted },
      exhausted,
      ask(2, false, itemExhausted),
    ],
    [
      'alone, its size is told rather than its tries',
      { ...at(1, 0), own: itemExhausted },
      tooLarge,
      ask(2, false, tooLarge),
    ],
    [
      'alone, its size stays its failure',
      { ...at(1, 0), own: tooLarge },
      itemExhausted,
      ask(2, false, tooLarge),
    ],
    [
      'alone at the last target, it fails with its own',
      { ...at(2, 0), own: tooLarge },
      exhausted,
      fail(tooLarge, false),
    ],
    [
      'too large for the only target: it fails alone',
      { targets: targets.slice(0, 1) },
      tooLarge,
      fail(tooLarge, false),
    ],
    [
      'ahead of the others after they returned: it moves nobody',
      at(1, 0),
      exhausted,
      ask(2, false),
    ],
    [
      'ahead of them at the last target: it fails alone',
      at(2, 0),
      exhausted,
      fail(exhausted, false),
    ],

    // refused
    ['refused: it fails, and asks nobody else', {}, refused, fail(refused, false)],
    [
      'refused when alone: it fails with its own',
      { ...at(1, 0), own: tooLarge },
      refused,
      fail(tooLarge, false),
    ],

    // waking
    ['asleep: the endpoint is woken', {}, asleep, { kind: 'wake' }],
    ['asleep after two wakings: it is woken', { wakings: 2 }, asleep, { kind: 'wake' }],
    ['asleep after three wakings: all go to the next target', { wakings: 3 }, asleep, ask(1, true)],
  ] as const)('%s', (_title, change: Partial<ChainState>, of, step) => {
    expect(nextStep(state(change), of)).toEqual(step);
  });

  test('after a waking that failed is another target, even where it failed as asleep', () => {
    expect(leaveTarget(state({ wakings: 1 }), asleep)).toEqual(ask(1, true));
    expect(leaveTarget(state({ wakings: 1 }), failure('ModelNotFound'))).toEqual(ask(1, true));
  });
});

function at(index: number, current: number): Partial<ChainState> {
  return { index, current };
}

test.each([
  ['the last target of a chain', at(2, 2), true],
  ['another target', at(1, 1), false],
  ['the last target, for an item that came alone', { ...at(2, 0), own: tooLarge }, false],
  ['the only target', { targets: targets.slice(0, 1) }, true],
] as const)('%s is the last one: %#', (_what, change: Partial<ChainState>, expected) => {
  expect(isLast(state(change))).toBe(expected);
});
