import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, named, type JobCommandOptions } from '../job-command.ts';

export function addCancel(program: Command, context: CommandContext): void {
  jobCommand(
    program,
    'cancel',
    'stop a job, or a change that is being made of it: no new calls, and a few seconds for those already sent',
  )
    .option('--json', 'print { id, outcome: requested | cancelled }')
    .action(async (reference: string, options: JobCommandOptions) => {
      const backEnd = await context.backEnd();
      const { id, outcome } = await backEnd.cancel(named(reference, options));
      const now = outcome === 'requested' ? 'is being stopped' : 'is cancelled';
      context.output.result(options, { id, outcome }, `job ${id} ${now}`);
    });
}
