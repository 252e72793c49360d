import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from '../job-command.ts';

export function addCancel(program: Command, context: CommandContext): void {
  jobCommand(
    program,
    'cancel',
    'stop a job, or a change that is being made of it: no new calls, and a few seconds for those already sent',
  )
    .option('--json', 'print { id, outcome: requested | cancelled }')
    .action(async (reference: string, options: JobCommandOptions) => {
      const { services, output } = context;
      const row = await namedJob(context, reference, options);
      const { cancelJob } = await import('../../jobs/cancel-job.ts');
      const library = await services.library();
      const outcome = await cancelJob(row, { library, temporal: services.temporal });
      const now = outcome === 'requested' ? 'is being stopped' : 'is cancelled';
      output.result(options, { id: row.id, outcome }, `job ${row.id} ${now}`);
    });
}
