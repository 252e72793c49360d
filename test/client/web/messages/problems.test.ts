import { expect, test } from 'vitest';
import { PROBLEM_STATUSES } from '../../../../client/gateway/problem.ts';
import { en } from '../../../../client/web/messages/en.ts';

test('the page has words for each problem, except those that only other programs have', () => {
  const without = Object.keys(PROBLEM_STATUSES).filter((code) => !(code in en.problems));
  expect(without.toSorted()).toEqual([
    'head_too_large',
    'idempotency_key_in_use',
    'idempotency_key_reused',
    'invalid_json',
    'job_ambiguous',
    'job_reference_invalid',
    'no_signing_key',
    'range_unsatisfiable',
    'route_not_found',
    'signature_expired',
    'signature_invalid',
    'signature_not_yet_valid',
    'signature_replayed',
    'token_expired',
    'token_invalid',
  ]);
});
