import { defineConfig } from 'vitest/config';

/** Tests that take minutes each: `npm run test:long`, one file after the other. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 30 * 60_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
  },
});
