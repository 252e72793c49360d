import type { Command } from 'commander';
import { cancelJob } from '../../jobs/cancel-job.ts';
import { parseTenant } from '../../config.ts';
import { findJob } from '../../jobs/find-job.ts';
import type { CommandContext } from '../command-context.ts';

export function addCancel(program: Command, context: CommandContext): void {
  program
    .command('cancel')
    .description('stop a job: no new calls, and those already sent are given some seconds')
    .argument('<id>', 'job id, or its first 8 characters or more')
    .option('--tenant <id>', 'whose job it is')
    .option('--json', 'print { id, outcome: requested | cancelled }')
    .action(async (reference: string, options: { tenant?: string; json?: true }) => {
      const { env, services, output } = context;
      const row = await findJob(services.library, parseTenant(env, options.tenant), reference);
      const library = await services.library();
      const outcome = await cancelJob(row, { library, temporal: services.temporal });
      if (options.json) output.json({ id: row.id, outcome });
      else
        output.line(
          `job ${row.id} ${outcome === 'requested' ? 'is asked to stop' : 'is cancelled'}`,
        );
    });
}
