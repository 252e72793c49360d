import type { Command } from 'commander';
import type { OperatorContext } from '../command-context.ts';

export function addSweep(program: Command, { services, output }: OperatorContext): void {
  const sweep = program.command('sweep').description('clear what terminated runs left behind');
  sweep
    .command('run', { isDefault: true })
    .description('sweep now, and print what was cleared')
    .option(
      '--json',
      'print { releasedClaims, inDoubt, closedJobs, deletedObjects, expiredRecords, removedUploads }',
    )
    .action(async (options: { json?: true }) => {
      const { sweepNow } = await import('../../jobs/sweep-jobs.ts');
      const swept = await sweepNow(await services.temporal());
      const { releasedClaims, inDoubt, closedJobs, deletedObjects } = swept;
      const { expiredRecords = 0, removedUploads = 0 } = swept;
      output.result(options, swept, [
        `released ${releasedClaims} claims, put ${inDoubt} calls in doubt, closed ${closedJobs} jobs, ` +
          `deleted ${deletedObjects} objects and ${expiredRecords} old records of requests, removed ${removedUploads} uploads`,
      ]);
    });
  sweep
    .command('apply')
    .description('write the hourly schedule')
    .option('--json', 'print { outcome: created | replaced }')
    .action(async (options: { json?: true }) => {
      const { applySweepSchedule } = await import('../../jobs/sweep-jobs.ts');
      const outcome = await applySweepSchedule(await services.temporal());
      output.result(options, { outcome }, `hourly schedule ${outcome}`);
    });
}
