import type { Command } from 'commander';
import { parseTenant } from '../../config.ts';
import { findJob } from '../../jobs/find-job.ts';
import { retryJob } from '../../jobs/retry-job.ts';
import type { CommandContext } from '../command-context.ts';
import { followJob } from '../follow-job.ts';

interface RetryOptions {
  readonly tenant?: string;
  readonly watch?: true;
  readonly strict?: true;
  readonly json?: true;
}

export function addRetry(program: Command, context: CommandContext): void {
  program
    .command('retry')
    .description('run a failed, cancelled or partial job again; what is stored is not paid again')
    .argument('<id>', 'job id, or its first 8 characters or more')
    .option('--tenant <id>', 'whose job it is')
    .option('--watch', 'follow the job to its end')
    .option('--strict', 'with --watch: exit 1 where the minutes are partial')
    .option('--json', 'print { id, workflowId, reused }')
    .action(async (reference: string, options: RetryOptions) => {
      const { env, services, output } = context;
      const tenant = parseTenant(env, options.tenant);
      const row = await findJob(services.library, tenant, reference);
      const library = await services.library();
      const [store, temporal] = await Promise.all([services.store(), services.temporal()]);
      const job = await retryJob(row, { library, store, temporal });
      if (options.json) output.json(job);
      else output.line(`job ${job.id} ${job.reused ? 'is under way already' : 'started again'}`);
      if (options.watch) await followJob(job.id, tenant, options, context);
    });
}
