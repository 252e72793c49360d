import { expect, test } from 'vitest';
import { loadedPackages } from '../support/loaded-packages.ts';

test('help loads commander and nothing else', async () => {
  expect(await loadedPackages('client/cli/main.ts', ['--help'])).toEqual(['commander']);
});
