import type { Command } from 'commander';
import { userInfo } from 'node:os';
import type { RevisionNeeds, WantedChange } from '../jobs/revise-job.ts';
import type { CommandContext } from './command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from './job-command.ts';

export interface RevisionOptions extends JobCommandOptions {
  readonly by?: string;
}

/** A command that makes the next version of a job's minutes: `hansard {name} <id> … [--by]`. */
export const revisionCommand = (program: Command, name: string, description: string): Command =>
  jobCommand(program, name, description)
    .option('--by <name>', 'who makes the change (default: the name of your account)')
    .option('--json', 'print { id, version }');

/** Makes the change, and says which version it made. Throws the errors of `reviseJob`. */
export async function revise(
  context: CommandContext,
  reference: string,
  options: RevisionOptions,
  wantedOf: (by: string) => WantedChange,
  asked: RevisionNeeds = {},
): Promise<void> {
  const { services, output } = context;
  const { authorSchema } = await import('../../workflows/contracts/revision.ts');
  const { checkedArgument } = await import('./checked-argument.ts');
  const by = checkedArgument(authorSchema, '--by', options.by ?? userInfo().username);
  const wanted = wantedOf(by);
  const row = await namedJob(context, reference, options);
  const { reviseJob } = await import('../jobs/revise-job.ts');
  const [store, temporal] = await Promise.all([services.store(), services.temporal()]);
  const slow = setTimeout(() => {
    output.remark(
      'the change is still being made (is a worker running?): Ctrl-C ends this command, and not the change',
    );
  }, 30_000);
  try {
    const made = await reviseJob(row, wanted, { store, temporal, ...asked });
    if (made === null) return output.remark('nothing was called, and nothing changed');
    const { version } = made;
    output.result(
      options,
      { id: row.id, version },
      `job ${row.id} has version ${version}: npm run -s hansard -- result ${row.id} --out DIR`,
    );
  } finally {
    clearTimeout(slow);
  }
}
