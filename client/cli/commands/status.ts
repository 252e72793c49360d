import type { Command } from 'commander';
import { parseTenant } from '../../config.ts';
import { findJob } from '../../jobs/find-job.ts';
import { jobView } from '../../jobs/job-status.ts';
import type { CommandContext } from '../command-context.ts';
import { statusBlock } from '../render-view.ts';

export function addStatus(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('say how a job stands')
    .argument('<id>', 'job id, or its first 8 characters or more')
    .option('--tenant <id>', 'whose job it is')
    .option('--json', 'print the status as JSON')
    .action(async (reference: string, options: { tenant?: string; json?: true }) => {
      const { env, services, output } = context;
      const row = await findJob(services.library, parseTenant(env, options.tenant), reference);
      const library = await services.library();
      const view = await jobView(row, { library, temporal: services.temporal });
      if (options.json) output.json(view.status);
      else for (const line of statusBlock(view, output.columns())) output.line(line);
    });
}
