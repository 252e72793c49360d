import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import { testGateway } from './test-gateway.ts';

interface Described {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

test('the document has no fault that a strict linter finds', async () => {
  await using gateway = await testGateway();
  const problems = await lintFromString({
    source: JSON.stringify(gateway.app.swagger()),
    config: await createConfig({ extends: ['recommended-strict'] }),
  });
  const told = problems.map(
    ({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer}: ${message}`,
  );
  expect(told).toEqual([]);
});

test('every operation says what it does, who may do it, and what it answers', async () => {
  await using gateway = await testGateway();
  const { paths = {}, tags = [] } = gateway.app.swagger();
  const known = tags.map(({ name }) => name);
  const lacking = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Described>).flatMap(([method, operation]) => {
      const { operationId, summary, description, security, responses } = operation;
      const [tag = '', ...more] = operation.tags ?? [];
      const faults = {
        operationId: operationId === undefined,
        summary: summary === undefined,
        description: (description ?? '').length < 20,
        tag: !known.includes(tag) || more.length > 0,
        security: security === undefined,
        // Each of them in words.
        answers: Object.values(responses).some((one) => (one.description ?? '').length < 4),
        problems: responses['500'] === undefined || responses['400'] === undefined,
        refusals: security?.length !== 0 && responses['401'] === undefined,
      };
      return Object.entries(faults)
        .filter(([, isLacking]) => isLacking)
        .map(([what]) => `${method} ${path}: ${what}`);
    }),
  );
  expect(lacking).toEqual([]);
  expect(Object.keys(paths).length).toBeGreaterThan(25);
});
