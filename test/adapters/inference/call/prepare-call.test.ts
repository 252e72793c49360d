import { expect, test } from 'vitest';
import type { ByteSource } from '../../../../adapters/inference/wire/wire-message.ts';
import { contractFor } from '../../../../adapters/inference/protocols/contract-table.ts';
import { prepareCall } from '../../../../adapters/inference/call/prepare-call.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import { bodyLength } from '../../../../adapters/inference/wire/wire-body.ts';
import { CONTRACT_NAMES } from '../../../../adapters/inference/protocols/contract-table.ts';
import { ROLES } from '../../../../workflows/contracts/targets.ts';
import { aTarget } from '../a-target.ts';

const unopened: ByteSource = {
  length: 9000,
  open: () => {
    throw new Error('nobody was to open this');
  },
};

test.each([
  ['in memory', new Uint8Array(9000)],
  ['elsewhere, which is not opened', unopened],
])('a body above bodyBytes is not sent, its bytes %s', (_, audio) => {
  const prepare = (bodyBytes: number) =>
    prepareCall(aTarget({ bodyBytes }), 'transcribe', { ...smallestInput('transcribe'), audio });
  expect(() => prepare(8999)).toThrowError(
    expect.objectContaining({ kind: 'too_large', charge: 'unsent' }),
  );
  expect(prepare(13_000).request.method).toBe('POST');
});

test('the smallest input of every role makes a small request to the server of its target, in every contract', () => {
  let pairs = 0;
  for (const role of ROLES) {
    for (const contract of CONTRACT_NAMES) {
      if (contractFor(contract, role) === null) continue;
      pairs += 1;
      const { request } = prepareCall(aTarget({ role, contract }), role, smallestInput(role));
      expect(bodyLength(request.body)).toBeLessThan(1000);
      expect(new URL(request.url).origin).toBe('https://router.huggingface.co');
      expect(Object.keys(request.headers)).not.toContain('authorization');
      for (const name of Object.keys(request.headers)) expect(name).toBe(name.toLowerCase());
    }
  }
  expect(pairs).toBeGreaterThan(ROLES.length);
});

test('a role that the contract cannot do is an error of the program', () => {
  const target = aTarget({ role: 'moderate', contract: 'hf-chat' });
  expect(() => prepareCall(target, 'moderate', smallestInput('moderate'))).toThrow(TypeError);
});
