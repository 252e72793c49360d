import { expect, test } from 'vitest';
import { callKeyOf } from '../../../../adapters/inference/call/call-key-of.ts';
import { fingerprint, recordTarget } from '../../../../adapters/inference/targets/record-target.ts';
import { createTokenLimitMemory } from '../../../../adapters/inference/targets/token-limit-memory.ts';
import { errorFor } from '../../../../adapters/inference/verdicts/inference-error.ts';
import { aTarget, SECRET } from '../a-target.ts';

test('a recorded target holds neither URL nor secret', () => {
  const recorded = JSON.stringify(recordTarget(aTarget()));
  expect(recorded).not.toContain(SECRET);
  expect(recorded).not.toContain('huggingface.co');
});

test('the fingerprint changes with contract, server and model, and with nothing else', () => {
  const one = fingerprint(aTarget());
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(fingerprint(aTarget({ apiTokens: ['other'], concurrency: 9, name: 'other' }))).toBe(one);
  const others = [{ contract: 'openai' as const }, { baseUrl: 'http://h' }, { model: 'a/b' }];
  for (const change of others) expect(fingerprint(aTarget(change))).not.toBe(one);
});

test('credentials differ by variable and host, and stay the same when a token is rotated', () => {
  const { credentials } = recordTarget(aTarget());
  expect(recordTarget(aTarget({ apiTokens: ['rotated'] })).credentials).toBe(credentials);
  expect(recordTarget(aTarget({ tokenVariable: 'OTHER' })).credentials).not.toBe(credentials);
  expect(recordTarget(aTarget({ baseUrl: 'http://h' })).credentials).not.toBe(credentials);
});

const behind = (provider: string, value = provider) =>
  aTarget({
    contract: 'openai',
    headers: { 'x-portkey-provider': { written: provider, value } },
  });
const keyOf = (target: ReturnType<typeof aTarget>) =>
  callKeyOf('a'.repeat(64), {
    target,
    request: { method: 'POST', url: '', headers: {}, body: null, parameters: {} },
  });

test('targets behind one gateway differ by their headers, in gate, account and call key', () => {
  const [azure, openai] = [behind('azure'), behind('openai')];
  expect(recordTarget(azure).fingerprint).not.toBe(recordTarget(openai).fingerprint);
  expect(recordTarget(azure).credentials).not.toBe(recordTarget(openai).credentials);
  expect(keyOf(azure)).not.toBe(keyOf(openai));
});

test('a new secret in a header makes no other target, and none is recorded', () => {
  const [old, renewed] = [behind('${KEY}', 'secret-1'), behind('${KEY}', 'secret-2')];
  expect(recordTarget(old)).toEqual(recordTarget(renewed));
  expect(keyOf(old)).toBe(keyOf(renewed));
  expect(JSON.stringify(recordTarget(old))).not.toContain('secret');
});

test('what one target taught leaves another with the same server as it is configured', () => {
  const memory = createTokenLimitMemory();
  const plain = aTarget({ contract: 'openai' });
  const insists = aTarget({ contract: 'openai', parameters: { tokenLimit: 'max_tokens' } });
  const refusal = errorFor(plain, null, {
    kind: 'not_served',
    says: 'refuses max_tokens',
    charge: 'refused',
    wantsCompletionTokens: true,
  });
  expect(memory.learn(insists, refusal)).toBe(false);
  expect(memory.learn(plain, refusal)).toBe(true);
  expect(memory.applied(plain).parameters).toEqual({ tokenLimit: 'max_completion_tokens' });
  expect(memory.applied(insists)).toBe(insists);
});
