import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { expect, test } from 'vitest';
import { z } from 'zod';

/**
 * Why package.json lists protobufjs: @grpc/proto-loader needs version 7. Unless a package asks for 8 at the root of
 * node_modules, 7 is installed there, every SDK package gets its own copy of 8, and JSON histories do not replay.
 */

const CLONE = resolve(import.meta.dirname, '../..');

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional() })),
});
const installed = Object.entries(
  lockSchema.parse(JSON.parse(readFileSync(join(CLONE, 'node_modules/.package-lock.json'), 'utf8')))
    .packages,
);

test.each(['common', 'workflow', 'client', 'worker', 'proto'])(
  'one copy of @temporalio/%s is installed, with the same version as the others',
  (name) => {
    const copies = installed.filter(([path]) => path.endsWith(`node_modules/@temporalio/${name}`));
    expect(copies).toEqual([
      [`node_modules/@temporalio/${name}`, expect.objectContaining({ version: '1.24.0' })],
    ]);
  },
);

test('protobufjs 8 is installed at the root, and the SDK uses it', () => {
  const root = installed.find(([path]) => path === 'node_modules/protobufjs');
  expect(root?.[1].version).toMatch(/^8\./);
  const found = ['@temporalio/common', '@temporalio/proto', '@temporalio/worker'].map((name) =>
    createRequire(join(CLONE, 'node_modules', name, 'package.json')).resolve('protobufjs'),
  );
  expect(new Set(found)).toEqual(new Set([createRequire(import.meta.url).resolve('protobufjs')]));
});

test('a history read from JSON is written as the same JSON', () => {
  const file = join(CLONE, 'test/fixtures/histories/complete.json');
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(JSON.parse(historyToJSON(historyFromJSON(json)))).toEqual(json);
});
