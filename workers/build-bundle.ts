import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { WORKFLOWS_PATH } from './workflow-bundle.ts';

/** `npm run bundle [-- FILE]`: the workflow code as one file. By default `dist/workflow-bundle.js`. */
const path = resolve(process.argv[2] ?? resolve(import.meta.dirname, '../dist/workflow-bundle.js'));
const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH });
await mkdir(dirname(path), { recursive: true });
await writeFile(path, code);
console.log(`${path} (${(code.length / 1e6).toFixed(2)} MB)`);
