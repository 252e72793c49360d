import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Starts the long end-to-end files first, so that the run does not end with one of them alone. */
class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes('/test/e2e/');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['node_modules/**', 'test/long/**'],
    globalSetup: ['test/support/global-setup.ts'],
    // Threads crash at exit on the Temporal SDK's native add-on.
    pool: 'forks',
    // Files share a process, which loads the SDKs once instead of once a file.
    isolate: false,
    // Twice the two cores of CI: the end-to-end tests mostly wait for timers.
    maxWorkers: 4,
    sequence: { sequencer: LongFilesFirst },
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // The default of one second is too short on a busy machine.
    expect: { poll: { timeout: 20_000, interval: 50 } },
    reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
  },
});
