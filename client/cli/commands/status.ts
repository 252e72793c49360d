import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob } from '../job-command.ts';

export function addStatus(program: Command, context: CommandContext): void {
  jobCommand(program, 'status', 'show the status of a job')
    .option('--json', 'print the status as JSON')
    .action(async (reference: string, options: { tenant?: string; json?: true }) => {
      const { services, output } = context;
      const row = await namedJob(context, reference, options);
      const [{ jobView }, { statusBlock }] = await Promise.all([
        import('../../jobs/job-status.ts'),
        import('../render-view.ts'),
      ]);
      const library = await services.library();
      const view = await jobView(row, { library, temporal: services.temporal });
      if (options.json) output.json(view.status);
      else for (const line of statusBlock(view, output.columns())) output.line(line);
    });
}
