import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob } from '../job-command.ts';

interface RetryOptions {
  readonly tenant?: string;
  readonly watch?: true;
  readonly strict?: true;
  readonly json?: true;
}

export function addRetry(program: Command, context: CommandContext): void {
  jobCommand(
    program,
    'retry',
    'run a failed, cancelled or partial job again; stored results are not paid for again',
  )
    .option('--watch', 'follow the job to its end')
    .option('--strict', 'with --watch: exit 1 when the minutes are partial')
    .option('--json', 'print { id, workflowId, reused }')
    .action(async (reference: string, options: RetryOptions) => {
      const { services, output } = context;
      const row = await namedJob(context, reference, options);
      const { retryJob } = await import('../../jobs/retry-job.ts');
      const library = await services.library();
      const [store, temporal] = await Promise.all([services.store(), services.temporal()]);
      const job = await retryJob(row, { library, store, temporal });
      if (options.json) output.json(job);
      else output.line(`job ${job.id} ${job.reused ? 'is already running' : 'started again'}`);
      if (!options.watch) return;
      const { followJob } = await import('../follow-job.ts');
      await followJob(job.id, row.tenant, options, context);
    });
}
