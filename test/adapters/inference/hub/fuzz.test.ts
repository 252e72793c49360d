import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpointState } from '../../../../adapters/inference/endpoints/endpoint-api.ts';
import type { Exchange } from '../../../../adapters/inference/wire/exchange.ts';
import { createModelFacts } from '../../../../adapters/inference/hub/model-facts.ts';
import { MAPPINGS, preflight } from '../../../../adapters/inference/hub/preflight.ts';
import { InferenceError } from '../../../../adapters/inference/verdicts/inference-error.ts';
import { aTarget } from '../a-target.ts';

const STATES =
  'pending initializing updating updateFailed running paused failed scaledToZero'.split(' ');
const URLS = { hubUrl: 'http://hub', routerUrl: 'http://router', endpointsUrl: 'http://e/v2' };

/** Answers of the right outline, with anything in the place of what it should hold. */
const descriptions = fc.oneof(
  fc.jsonValue(),
  fc.record({
    healthRoute: fc.jsonValue(),
    status: fc.oneof(
      fc.jsonValue(),
      fc.record({ state: fc.jsonValue(), url: fc.jsonValue(), readyReplica: fc.jsonValue() }),
    ),
    inferenceProviderMapping: fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom('hf-inference', 'x'), fc.jsonValue()),
    ),
    providers: fc.oneof(
      fc.jsonValue(),
      fc.array(
        fc.record({
          provider: fc.oneof(fc.constant('a'), fc.jsonValue()),
          status: fc.jsonValue(),
          context_length: fc.jsonValue(),
          pricing: fc.oneof(fc.jsonValue(), fc.record({ input: fc.double(), output: fc.double() })),
        }),
      ),
    ),
  }),
);
const answers = fc.record({
  status: fc.oneof(fc.constant(200), fc.integer({ min: 100, max: 599 })),
  bytes: fc.oneof(
    fc.uint8Array(),
    descriptions.map((body) => Buffer.from(JSON.stringify(body))),
  ),
});

const answering =
  (answer: { status: number; bytes: Uint8Array }): Exchange =>
  () =>
    Promise.resolve({ ...answer, headers: {} });

test('any answer of the management API becomes a state or a verdict', async () => {
  const target = {
    ...aTarget(),
    endpoint: { namespace: 'n', name: 'e', resume: false, apiTokens: ['t'], tokenVariable: 'T' },
  };
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      const api = { services: URLS, exchange: answering(answer) };
      const asked = endpointState(target, api, new AbortController().signal);
      const endpoint = await asked.catch((error: unknown) => {
        if (error instanceof InferenceError) return null;
        throw error;
      });
      expect([...STATES, 'unknown']).toContain(endpoint?.state ?? 'unknown');
      // It stays on the host that it is put behind.
      expect(new URL('http://host' + (endpoint?.healthRoute ?? '/')).host).toBe('host');
    }),
    { numRuns: 500 },
  );
});

test('any answer of hub and router becomes a finding', async () => {
  const none = { transcribe: [], diarize: [], summarize: [], illustrate: [], moderate: [] };
  const target = (contract: 'hf-chat' | 'hf-task' | 'fal', name: string) =>
    aTarget({ contract, name, model: 'a/model', baseUrl: URLS.routerUrl, role: 'summarize' });
  const summarize = [target('hf-chat', 'x'), target('hf-task', 'y'), target('fal', 'z')];
  const roles = { ...none, classify: [], generate: [], embed: [], summarize };
  const services = { ...URLS, hubTokens: [] };
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      const facts = createModelFacts(services, answering(answer));
      const findings = await preflight({ roles, services }, facts);
      expect(findings.map((finding) => finding.target)).toEqual(['x', 'y', 'z']);
      for (const { mapping, price, contextTokens } of findings) {
        expect(MAPPINGS).toContain(mapping);
        expect(price === null || Number.isFinite(price.inputPerMillion)).toBe(true);
        expect(contextTokens === null || contextTokens > 0).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
