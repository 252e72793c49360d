import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { WORKER_ARGUMENTS } from '../../workers/worker-arguments.ts';

test('npm run worker runs a worker as the local stack does', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts } = JSON.parse(text) as { scripts: Record<string, string> };
  expect(scripts['worker']).toBe(`node ${WORKER_ARGUMENTS.join(' ')}`);
});
