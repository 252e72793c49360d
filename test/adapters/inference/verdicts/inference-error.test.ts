import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('errors of calls are made in one file, so that all name their target and none lacks a fact', () => {
  const root = new URL('../../../../', import.meta.url);
  const sources = globSync('{activities,adapters,client,workers}/**/*.ts', { cwd: root.pathname });
  const makers = sources.filter((path) =>
    readFileSync(new URL(path, root), 'utf8').includes('new InferenceError('),
  );
  expect(makers).toEqual(['adapters/inference/verdicts/inference-error.ts']);
});
