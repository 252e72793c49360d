import { describe, expect, test } from 'vitest';
import type { FailureType } from '../../workflows/contracts/failures.ts';
import { isLast, leaveTarget, nextStep, type ChainState } from '../../workflows/next-step.ts';
import { recordedTarget } from './recorded-target.ts';

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
    ['too large: it goes on by itself', {}, tooLarge, ask(1, false, tooLarge)],
    [
      'its tries are used up: it goes on by itself',
      {},
      itemExhausted,
      ask(1, false, itemExhausted),
    ],
    [
      'past the current target, it moves no other item',
      { ...at(1, 0), own: itemExhausted },
      exhausted,
      ask(2, false, itemExhausted),
    ],
    [
      'past the current target, TooLarge replaces ItemExhausted',
      { ...at(1, 0), own: itemExhausted },
      tooLarge,
      ask(2, false, tooLarge),
    ],
    [
      'past the current target, ItemExhausted does not replace TooLarge',
      { ...at(1, 0), own: tooLarge },
      itemExhausted,
      ask(2, false, tooLarge),
    ],
    [
      'past the current target, at the last one: it fails with its own failure',
      { ...at(2, 0), own: tooLarge },
      exhausted,
      fail(tooLarge, false),
    ],
    [
      'too large for the only target: it fails, and the chain does not end',
      { targets: targets.slice(0, 1) },
      tooLarge,
      fail(tooLarge, false),
    ],
    [
      'the others returned to an earlier target: it moves none of them',
      at(1, 0),
      exhausted,
      ask(2, false),
    ],
    [
      'the others returned to an earlier target: at the last one it fails, and the chain does not end',
      at(2, 0),
      exhausted,
      fail(exhausted, false),
    ],
    [
      'the others came to where it went by itself: it moves none of them',
      { ...at(1, 1), own: itemExhausted },
      exhausted,
      ask(2, false, itemExhausted),
    ],
    [
      'the others came to the last target, where it went by itself: the chain does not end',
      { ...at(2, 2), own: itemExhausted },
      exhausted,
      fail(itemExhausted, false),
    ],

    // refused
    ['refused: it fails, and asks no other target', {}, refused, fail(refused, false)],
    [
      'refused past the current target: it fails with its own failure',
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

  test('after a failed waking is another target, even when the failure is EndpointAsleep', () => {
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
  [
    'the last target, for an item that went past the current one by itself,',
    { ...at(2, 0), own: tooLarge },
    false,
  ],
  ['the only target', { targets: targets.slice(0, 1) }, true],
] as const)('%s is the last one: %#', (_what, change: Partial<ChainState>, expected) => {
  expect(isLast(state(change))).toBe(expected);
});
