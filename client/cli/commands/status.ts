import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from '../job-command.ts';

export function addStatus(program: Command, context: CommandContext): void {
  jobCommand(program, 'status', 'show the status of a job')
    .option('--json', 'print the status as JSON')
    .action(async (reference: string, options: JobCommandOptions) => {
      const { services, output } = context;
      const row = await namedJob(context, reference, options);
      const { jobView } = await import('../../jobs/job-status.ts');
      const { statusBlock } = await import('../render-view.ts');
      const library = await services.library();
      const view = await jobView(row, { library, temporal: services.temporal });
      output.result(options, view.status, statusBlock(view, output.columns()));
    });
}
