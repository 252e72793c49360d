import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, named, type JobCommandOptions } from '../job-command.ts';

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
      const { output } = context;
      const backEnd = await context.backEnd();
      const name = named(reference, options);
      const { job, lackedSpeakers } = await backEnd.retry(name);
      const now = job.reused ? 'is already running' : 'started again';
      output.result(options, job, `job ${job.id} ${now}`);
      const { shown } = await backEnd.versions(name);
      if (shown !== null && shown.stays !== null) {
        output.remark(
          `version ${shown.version} is ${shown.stays}, and stays: what is made now is listed as a version beside it, and not shown`,
        );
      }
      if (lackedSpeakers) {
        output.remark(
          'who spoke is asked again; with an answer the summary is then made, and paid for, anew, and mostly the picture, too',
        );
      }
      if (!options.watch) return;
      const { followJob } = await import('../follow-job.ts');
      await followJob(name, options, context);
    });
}
