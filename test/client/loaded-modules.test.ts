import { expect, test } from 'vitest';
import { loadedPackages } from '../support/loaded-packages.ts';

test('help loads commander and nothing else', async () => {
  expect(await loadedPackages('client/cli/main.ts', ['--help'])).toEqual(['commander']);
});

/** The discard port: nobody listens there. */
const AWAY = { HANSARD_URL: 'http://127.0.0.1:9', HANSARD_KEY: 'hansard_key' };

test.each([
  [['list'], ['commander', 'zod']],
  [
    ['watch', 'abcdefgh'],
    ['commander', 'eventsource-parser', 'zod'],
  ],
])('through a gateway, %j loads no client of a service', async (args, packages) => {
  expect(await loadedPackages('client/cli/main.ts', args, AWAY)).toEqual(packages);
});
