import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['node_modules/**', 'test/long/**'],
    globalSetup: ['test/support/global-setup.ts'],
    // Isolated threads crash at teardown on the Temporal SDK's native add-on.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
  },
});
