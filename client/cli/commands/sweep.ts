import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';

export function addSweep(program: Command, context: CommandContext): void {
  const sweep = program.command('sweep').description('clear what terminated runs left behind');
  sweep
    .command('run', { isDefault: true })
    .description('sweep now, and print what was cleared')
    .option('--json', 'print { releasedClaims, inDoubt, closedJobs, deletedObjects }')
    .action(async (options: { json?: true }) => {
      const { services, output } = context;
      const { sweepNow } = await import('../../jobs/sweep-jobs.ts');
      const swept = await sweepNow(await services.temporal());
      if (options.json) return output.json(swept);
      output.line(
        `released ${swept.releasedClaims} claims, put ${swept.inDoubt} calls in doubt, ` +
          `closed ${swept.closedJobs} jobs, deleted ${swept.deletedObjects} objects`,
      );
    });
  sweep
    .command('apply')
    .description('write the hourly schedule')
    .option('--json', 'print { outcome: created | replaced }')
    .action(async (options: { json?: true }) => {
      const { services, output } = context;
      const { applySweepSchedule } = await import('../../jobs/sweep-jobs.ts');
      const outcome = await applySweepSchedule(await services.temporal());
      if (options.json) output.json({ outcome });
      else output.line(`hourly schedule ${outcome}`);
    });
}
