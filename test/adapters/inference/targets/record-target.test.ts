import { expect, test } from 'vitest';
import { fingerprint, recordTarget } from '../../../../adapters/inference/targets/record-target.ts';
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
