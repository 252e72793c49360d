import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseReason,
  toReasonText,
  type DegradationReason,
} from '../../../workflows/contracts/degradation-reason.ts';

// These texts are in stored minutes, rows and histories: they must not change.
test.each<readonly [string, DegradationReason]>([
  [
    'mixtral: TargetExhausted',
    { kind: 'target_failed', target: 'mixtral', failure: 'TargetExhausted', isPictureHeld: false },
  ],
  [
    'no target: NoTarget',
    { kind: 'target_failed', target: null, failure: 'NoTarget', isPictureHeld: false },
  ],
  [
    'no target: NoTarget; the picture is held',
    { kind: 'target_failed', target: null, failure: 'NoTarget', isPictureHeld: true },
  ],
  [
    'judge: TargetExhausted; the picture is held',
    { kind: 'target_failed', target: 'judge', failure: 'TargetExhausted', isPictureHeld: true },
  ],
  ['MissingObject', { kind: 'failed', failure: 'MissingObject' }],
  ['stored', { kind: 'stored' }],
  ['earlier_prompt; 2026-03-01', { kind: 'earlier_prompt', date: '2026-03-01' }],
])('%s is written and read', (text, reason) => {
  expect(toReasonText(reason)).toBe(text);
  expect(parseReason(text)).toEqual(reason);
});

test('every reason is read as it was written', () => {
  const word = fc.stringMatching(/^[A-Za-z]\w{0,30}$/).filter((text) => text !== 'stored');
  const target = fc.stringMatching(/^[a-z0-9][a-z0-9.:; -]{0,40}$/);
  const reason = fc.oneof(
    fc.record({
      kind: fc.constant('target_failed' as const),
      target: fc.option(target.filter((name) => name !== 'no target')),
      failure: word,
      isPictureHeld: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('failed' as const), failure: word }),
    fc.record({
      kind: fc.constant('earlier_prompt' as const),
      date: fc.stringMatching(/^\d{4}-\d\d-\d\d$/),
    }),
  );
  fc.assert(
    fc.property(reason, (written) => {
      expect(parseReason(toReasonText(written))).toEqual(written);
    }),
  );
});

test.each(['', 'half past: the moon', 'stored; why', 'earlier_prompt; some day', 'a: b; c'])(
  'the text %j is no reason',
  (text) => {
    expect(parseReason(text)).toBeNull();
  },
);
