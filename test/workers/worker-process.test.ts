import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { WORKER_ARGUMENTS, WORKER_ENVIRONMENT } from '../../workers/worker-process.ts';

test('npm run worker runs a worker as the local stack does', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
  const variables = Object.entries(WORKER_ENVIRONMENT).map(
    ([name, value]) => `${name}=\${${name}:-${value}}`,
  );
  expect(scripts['worker']).toBe([...variables, 'node', ...WORKER_ARGUMENTS].join(' '));
});
