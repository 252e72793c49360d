import { expect, test } from 'vitest';
import { bundledWorkflows } from '../support/bundled-workflows.ts';

// With zod in the bundle a cached workflow takes 606 KiB of heap instead of 36 KiB.
test('the workflow bundle is small and contains no zod', async () => {
  const { code } = await bundledWorkflows();
  expect(code).toContain('workflows/minutes/minutes.ts');
  expect(code).not.toContain('node_modules/zod');
  // The SDK and our code take 2.01e6 with the source map; zod would add 0.6e6.
  expect(code.length).toBeLessThan(2.1e6);
}, 60_000);
