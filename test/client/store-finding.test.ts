import { expect, test } from 'vitest';
import { storeFinding } from '../../client/store-finding.ts';

const AMAZON = {
  keepsFirst: true,
  refusesDeleted: false,
  keepsVersions: false,
  encrypts: true,
  cleansKeys: false,
  confirmsAborted: false,
};

test('a store that honours everything is in order', () => {
  expect(storeFinding(AMAZON)).toEqual({
    state: 'ok',
    detail: 'honours conditional writes and encryption',
  });
});

test('a store that replaces what it should keep is a fault', () => {
  const found = storeFinding({ ...AMAZON, keepsFirst: false });
  expect(found).toEqual({
    state: 'fault',
    detail:
      'it replaces an object although If-None-Match forbids it, so two workers can pay for the same answer: use a store that honours it',
  });
});

test('what a user should know of a store is told in one note', () => {
  const versitygw = {
    keepsFirst: true,
    refusesDeleted: true,
    keepsVersions: true,
    encrypts: false,
    cleansKeys: true,
    confirmsAborted: true,
  };
  const { state, detail } = storeFinding(versitygw);
  expect(state).toBe('note');
  expect(detail.split('; ')).toEqual([
    'the bucket keeps versions: what is deleted stays in it until a rule of the bucket ends old versions',
    'a deleted key refuses conditional writes for ever: Hansard writes there without the condition',
    'it does not encrypt what it is told to encrypt: encrypt its disk',
    'it takes x//y for x/y: keep keys of other programs out of this bucket',
    'it confirms uploads that it lost: Hansard looks at every upload afterwards',
  ]);
});
