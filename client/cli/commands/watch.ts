import type { Command } from 'commander';
import { parseTenant } from '../../config.ts';
import { findJob } from '../../jobs/find-job.ts';
import type { CommandContext } from '../command-context.ts';
import { followJob } from '../follow-job.ts';

interface WatchOptions {
  readonly tenant?: string;
  readonly strict?: true;
  readonly json?: true;
}

export function addWatch(program: Command, context: CommandContext): void {
  program
    .command('watch')
    .description('follow a job to its end; Ctrl-C leaves the job going')
    .argument('<id>', 'job id, or its first 8 characters or more')
    .option('--tenant <id>', 'whose job it is')
    .option('--strict', 'exit 1 where the minutes are partial')
    .option('--json', 'print the status as a line of JSON whenever it changes')
    .action(async (reference: string, options: WatchOptions) => {
      const tenant = parseTenant(context.env, options.tenant);
      const row = await findJob(context.services.library, tenant, reference);
      await followJob(row.id, tenant, options, context);
    });
}
