import type { Command } from 'commander';
import { applySweepSchedule, sweepNow } from '../../jobs/sweep-jobs.ts';
import type { CommandContext } from '../command-context.ts';

export function addSweep(program: Command, context: CommandContext): void {
  const sweep = program.command('sweep').description('clear what terminated runs left behind');
  sweep
    .command('run', { isDefault: true })
    .description('sweep now, and say what was cleared')
    .option('--json', 'print { releasedClaims, inDoubt, closedJobs, deletedObjects }')
    .action(async (options: { json?: true }) => {
      const { services, output } = context;
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
      const outcome = await applySweepSchedule(await services.temporal());
      if (options.json) output.json({ outcome });
      else output.line(`hourly schedule ${outcome}`);
    });
}
