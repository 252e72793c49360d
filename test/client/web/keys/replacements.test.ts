import { expect, test } from 'vitest';
import type { Key } from '../../../../client/web/api/answers.ts';
import { canBeReplaced, replacements } from '../../../../client/web/keys/replacements.ts';

const key = (id: string, name: string, createdAt: string, state: Key['state'] = 'live'): Key => ({
  id,
  name,
  role: 'viewer',
  signature: 'none',
  state,
  createdAt,
  expiresAt: null,
  lastUsedAt: null,
});

test('of two live keys of a name, the one made later takes the place of the other', () => {
  const old = key('b', 'import', '2026-03-01T00:00:00.000Z');
  const next = key('a', 'import', '2026-03-02T00:00:00.000Z');
  const others = [
    key('c', 'import', '2026-02-01T00:00:00.000Z', 'revoked'),
    key('d', 'reports', '2026-03-01T00:00:00.000Z'),
  ];
  expect([...replacements([next, old, ...others])]).toEqual([
    ['a', { is: 'new', other: old }],
    ['b', { is: 'old', other: next }],
  ]);
});

test('one of two that were made at the same moment is the old one', () => {
  const at = '2026-03-01T00:00:00.000Z';
  const both = replacements([key('a', 'import', at), key('b', 'import', at)]);
  expect([both.get('a')?.is, both.get('b')?.is]).toEqual(['old', 'new']);
});

test('a key that signs is not replaced here by one that does not', () => {
  const made = key('a', 'import', '2026-03-01T00:00:00.000Z');
  const signatures = ['none', 'optional', 'required'] as const;
  expect(signatures.map((signature) => canBeReplaced({ ...made, signature }))).toEqual([
    true,
    false,
    false,
  ]);
});
