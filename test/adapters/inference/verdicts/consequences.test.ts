import { expect, test } from 'vitest';
import { CONSEQUENCES } from '../../../../adapters/inference/verdicts/consequences.ts';
import { VERDICT_KINDS, type VerdictKind } from '../../../../workflows/contracts/verdicts.ts';

const SIX_TRIES = { until: 'tries', tries: 6, lastTargetWaits: true };
const THREE_TRIES = { until: 'tries', tries: 3, lastTargetWaits: false };
const PATIENCE = { until: 'patience' };
const TOKENS = { until: 'tokens' };
const NOW = { until: 'now' };

const ROWS: readonly (readonly [VerdictKind, string, boolean, object, string, object])[] = [
  ['transient', 'Transient', false, SIX_TRIES, 'failures', { mostClosings: 4 }],
  ['provider_bug', 'BadReply', false, THREE_TRIES, 'answers', {}],
  ['rate_limited', 'RateLimited', true, PATIENCE, 'rate_limited', {}],
  ['loading', 'ModelLoading', true, PATIENCE, 'loading', { wakesEndpoint: true }],
  ['closed', 'TargetClosed', true, PATIENCE, 'nothing', { mostClosings: 4 }],
  ['not_served', 'ModelNotFound', false, NOW, 'nothing', {}],
  ['auth', 'Unauthorized', false, TOKENS, 'nothing', {}],
  ['billing', 'OutOfCredit', false, TOKENS, 'nothing', {}],
  ['too_large', 'TooLarge', false, NOW, 'answers', {}],
  ['input', 'BadRequest', false, NOW, 'answers', {}],
];

test.each(ROWS)('%s becomes %s', (kind, failure, expected, retry, gate, more) => {
  expect(CONSEQUENCES[kind]).toEqual({ failure, expected, retry, gate, ...more });
});

test('every verdict has its case here', () => {
  expect(ROWS.map(([kind]) => kind)).toEqual(VERDICT_KINDS);
});
