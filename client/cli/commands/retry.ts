import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from '../job-command.ts';

export function addRetry(program: Command, context: CommandContext): void {
  jobCommand(
    program,
    'retry',
    'run a failed, cancelled or partial job again, or one that could not tell who spoke; stored results are not paid for again, but with speakers the summary is made, and paid for, anew',
  )
    .summary('run a job again that failed, was cancelled, is partial or lacks its speakers')
    .option('--watch', 'follow the job to its end')
    .option('--strict', 'with --watch: exit 1 when the minutes are partial')
    .option('--json', 'print { id, workflowId, reused }')
    .action(async (reference: string, options: JobCommandOptions) => {
      const { services, output } = context;
      const row = await namedJob(context, reference, options);
      const { lacksSpeakers, retryJob } = await import('../../jobs/retry-job.ts');
      const library = await services.library();
      const [store, temporal] = await Promise.all([services.store(), services.temporal()]);
      const job = await retryJob(row, { library, store, temporal });
      const now = job.reused ? 'is already running' : 'started again';
      output.result(options, job, `job ${job.id} ${now}`);
      const { shownMinutes } = await import('../../jobs/shown-minutes.ts');
      const shown = await shownMinutes(row, services.store);
      if (shown !== null && shown.stays !== null) {
        output.remark(
          `version ${shown.version} is ${shown.stays}, and stays: what is made now is listed as a version beside it, and not shown`,
        );
      }
      if (lacksSpeakers(row)) {
        output.remark(
          'who spoke is asked again; with an answer the summary is then made, and paid for, anew, and mostly the picture, too',
        );
      }
      if (!options.watch) return;
      const { followJob } = await import('../follow-job.ts');
      await followJob(job.id, row.tenant, options, context);
    });
}
