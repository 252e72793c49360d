import { expect, test } from 'vitest';
import { CONSEQUENCES } from '../../../../adapters/inference/verdicts/consequences.ts';
import { VERDICT_KINDS, type VerdictKind } from '../../../../workflows/contracts/verdicts.ts';

const SIX_TRIES = { until: 'tries', tries: 6, lastTargetWaits: true };
const THREE_TRIES = { until: 'tries', tries: 3, lastTargetWaits: false };
const PATIENCE = { until: 'patience' };
const TOKENS = { until: 'tokens' };
const NOW = { until: 'now' };

const ROWS: readonly (readonly [VerdictKind, string, object, string, object])[] = [
  ['transient', 'Transient', SIX_TRIES, 'failures', { mostClosings: 4 }],
  ['provider_bug', 'BadReply', THREE_TRIES, 'answers', {}],
  ['rate_limited', 'RateLimited', PATIENCE, 'rate_limited', {}],
  ['loading', 'ModelLoading', PATIENCE, 'loading', { wakesEndpoint: true }],
  ['closed', 'TargetClosed', PATIENCE, 'nothing', { mostClosings: 4 }],
  ['not_served', 'ModelNotFound', NOW, 'nothing', {}],
  ['auth', 'Unauthorized', TOKENS, 'nothing', {}],
  ['billing', 'OutOfCredit', TOKENS, 'nothing', {}],
  ['too_large', 'TooLarge', NOW, 'answers', {}],
  ['input', 'BadRequest', NOW, 'answers', {}],
];

test.each(ROWS)('%s becomes %s', (kind, failure, retry, gate, more) => {
  expect(CONSEQUENCES[kind]).toEqual({ failure, retry, gate, ...more });
});

test('every verdict has its case here', () => {
  expect(ROWS.map(([kind]) => kind)).toEqual(VERDICT_KINDS);
});
