import { bundleWorkflowCode } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { WORKFLOWS_PATH } from '../../workers/create-workers.ts';

// zod in the bundle costs 606 KiB of heap a cached workflow instead of 36.
test('the workflow bundle is small, and holds no zod and no Node', async () => {
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH });
  expect(code).toContain('workflows/minutes/minutes.ts');
  expect(code).not.toContain('node_modules/zod');
  expect(code.length).toBeLessThan(1.8e6);
}, 60_000);
