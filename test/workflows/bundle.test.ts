import { bundleWorkflowCode } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { WORKFLOWS_PATH } from '../../workers/workflow-bundle.ts';

// zod in the bundle costs 606 KiB of heap a cached workflow instead of 36.
test('the workflow bundle is small, and holds no zod and no Node', async () => {
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH });
  expect(code).toContain('workflows/minutes/minutes.ts');
  expect(code).not.toContain('node_modules/zod');
  // 1.80e6 of the SDK and ours, with its map; zod adds 0.6e6.
  expect(code.length).toBeLessThan(1.9e6);
}, 60_000);
