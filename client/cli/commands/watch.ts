import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, named, type JobCommandOptions } from '../job-command.ts';

export function addWatch(program: Command, context: CommandContext): void {
  jobCommand(program, 'watch', 'follow a job to its end; Ctrl-C does not stop the job')
    .option('--strict', 'exit 1 when the minutes are partial')
    .option('--json', 'print the status as a line of JSON whenever it changes')
    .action(async (reference: string, options: JobCommandOptions) => {
      const { followJob } = await import('../follow-job.ts');
      await followJob(named(reference, options), options, context);
    });
}
