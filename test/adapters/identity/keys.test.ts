import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callKey, type Call } from '../../../adapters/identity/call-key.ts';
import { workKey, type Work } from '../../../adapters/identity/work-key.ts';

const chunk = {
  sourceSha256: 'a'.repeat(64),
  preparationVersion: 1,
  channel: 'mix',
  startSample: 0,
  endSample: 480_000,
};
const work: Work = {
  role: 'transcribe',
  input: chunk,
  language: 'en',
  templateVersion: 'standard/1',
  promptVersion: 3,
  schemaDigest: 'b'.repeat(64),
  variant: { force: null },
};
const call: Call = {
  workKey: workKey(work),
  contract: 'openai',
  baseUrl: 'https://router.example/v1',
  model: 'openai/whisper-large-v3',
  revision: null,
  parameters: { temperature: 0, response_format: 'verbose_json' },
};

test('every member of the work changes the work key', () => {
  const others: Work[] = [
    { ...work, role: 'summarize' },
    { ...work, input: 'c'.repeat(64) },
    { ...work, language: null },
    { ...work, templateVersion: 'standard/2' },
    { ...work, promptVersion: 4 },
    { ...work, schemaDigest: null },
    { ...work, variant: { force: 'nonce' } },
    { ...work, variant: {} },
    { ...work, input: { ...chunk, sourceSha256: 'd'.repeat(64) } },
    { ...work, input: { ...chunk, preparationVersion: 2 } },
    { ...work, input: { ...chunk, channel: '0' } },
    { ...work, input: { ...chunk, startSample: 1 } },
    { ...work, input: { ...chunk, endSample: 480_001 } },
  ];
  expect(new Set([work, ...others].map(workKey)).size).toBe(others.length + 1);
});

test('every member of the call changes the call key', () => {
  const others: Call[] = [
    { ...call, workKey: 'e'.repeat(64) },
    { ...call, contract: 'hf-task' },
    { ...call, baseUrl: 'https://router.example/v2' },
    { ...call, baseUrl: 'http://router.example/v1' },
    { ...call, model: 'openai/whisper-base' },
    { ...call, revision: 'main' },
    { ...call, parameters: { ...call.parameters, temperature: 0.2 } },
    { ...call, parameters: {} },
  ];
  expect(new Set([call, ...others].map(callKey)).size).toBe(others.length + 1);
});

test('trailing slashes, capitals in the host and credentials in the URL do not change the call key', () => {
  for (const baseUrl of [
    'https://router.example/v1/',
    'https://ROUTER.example/v1',
    'https://user:secret@router.example:443/v1',
  ]) {
    expect(callKey({ ...call, baseUrl })).toBe(callKey(call));
  }
});

const scalar = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
const variants = fc.dictionary(fc.string(), scalar, { maxKeys: 6 });

test('the order of members never matters, their values always do', () => {
  fc.assert(
    fc.property(variants, variants, (variant, other) => {
      const reversed = Object.fromEntries(Object.entries(variant).toReversed());
      const shuffled = Object.fromEntries(Object.entries(work).toReversed()) as unknown as Work;
      expect(workKey({ ...shuffled, variant: reversed })).toBe(workKey({ ...work, variant }));
      expect(callKey({ ...call, parameters: reversed })).toBe(
        callKey({ ...call, parameters: variant }),
      );
      const same = canonical(variant) === canonical(other);
      expect(workKey({ ...work, variant }) === workKey({ ...work, variant: other })).toBe(same);
    }),
  );
});

const canonical = (value: Record<string, unknown>): string =>
  JSON.stringify(Object.entries(value).sort(([one], [another]) => (one < another ? -1 : 1)));
