import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, in this order: one that mostly waits beside one that mostly computes. A run that ended with
 * one of them alone would waste a core.
 */
const LONGEST = [
  'e2e/interruptions',
  'e2e/long-recording',
  'e2e/approval',
  'adapters/media/decode-recording',
  'client/web/page',
  'e2e/faults',
  'recordings/recordings',
  'e2e/outage',
  'e2e/minutes',
  'e2e/changes',
  'adapters/media/joined-recordings',
  'e2e/provider-scripts',
  'adapters/media/plan-recording',
  'client/jobs/submit-job',
  'client/restarts',
  'client/web/record',
  'local/inference-server/models/whisper',
  'workers/main',
  'adapters/media/recording-clock',
  'client/cli-services',
];

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      if (at >= 0) return at;
      return moduleId.includes('/test/e2e/') ? LONGEST.length : LONGEST.length + 1;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
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
    // Twice the two cores of CI: the end-to-end tests mostly wait for timers. With six, Temporal's development server once
    // answered `interrupted (9)`, an error of its SQLite, to all that came after.
    maxWorkers: 4,
    sequence: { sequencer: LongFilesFirst },
    // Nets for what hangs: a busy machine needs several times what an idle one does.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
    reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
  },
});
