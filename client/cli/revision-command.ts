import type { Command } from 'commander';
import { userInfo } from 'node:os';
import type { RenderedRevision } from '../../workflows/contracts/activities.ts';
import type { ChangeTold, RequestedChange } from '../back-end.ts';
import type { CommandContext } from './command-context.ts';
import { jobCommand, named, type JobCommandOptions } from './job-command.ts';

export interface RevisionOptions extends JobCommandOptions {
  readonly by?: string;
}

/** A command that makes the next version of a job's minutes: `hansard {name} <id> … [--by]`. */
export const revisionCommand = (program: Command, name: string, description: string): Command =>
  jobCommand(program, name, description)
    .option('--by <name>', 'your name, which the minutes show (default: the name of your account)')
    .option('--json', 'print { id, version, statements, approval }');

/**
 * Makes the change, and says which version it made. Throws the errors of `reviseJob`.
 *
 * @param changeBy the change that is wanted; null: the person does not want it after all, of the job with this id
 */
export async function revise(
  context: CommandContext,
  reference: string,
  options: RevisionOptions,
  changeBy: () => RequestedChange | Promise<RequestedChange | { readonly unwantedOf: string }>,
  told: ChangeTold = {},
): Promise<void> {
  const { output } = context;
  const { authorSchema } = await import('../../workflows/contracts/revision.ts');
  const { checkedArgument } = await import('../jobs/checked-argument.ts');
  const by = checkedArgument(authorSchema, '--by', options.by ?? accountName());
  const change = await changeBy();
  const nothing = (id: string): void => {
    output.result(options, { id, version: null }, `nothing changed: job ${id} has no new version`);
  };
  if ('unwantedOf' in change) return nothing(change.unwantedOf);
  const { approvalLines } = await import('./render-approval.ts');
  const slow = setTimeout(() => {
    output.remark(
      'the change is still being made (is a worker running?): Ctrl-C ends this command, and not the change',
    );
  }, 30_000);
  try {
    const backEnd = await context.backEnd();
    const changed = await backEnd.change(named(reference, options), change, { ...told, by });
    const { id } = changed;
    if (changed.outcome === 'same') return nothing(id);
    if (changed.outcome === 'unwanted') {
      return output.remark('nothing was called, and nothing changed');
    }
    const { made, approval, asked } = changed;
    const { version, statements } = made;
    output.result(options, { id, version, statements, approval }, [
      `job ${id} has version ${version}: npm run -s hansard -- result ${id} --out DIR`,
      ...verifiedLines(made),
      ...approvalLines({ id, version, asked }, approval),
      // A decision changes the line on the approval alone.
      ...(change.kind === 'approval'
        ? []
        : [`what changed: npm run -s hansard -- versions ${id} --changes ${version}`]),
    ]);
  } finally {
    clearTimeout(slow);
  }
}

/** Says nothing where all are verified as they were. */
function verifiedLines({
  statements,
  statementsBefore,
}: Pick<RenderedRevision, 'statements' | 'statementsBefore'>): string[] {
  const [now, before] = [statements, statementsBefore].map(
    ({ all, verified }) => `${verified} of ${all}`,
  );
  if (now === before && statements.verified === statements.all) return [];
  return [`${now} statements are verified${now === before ? '' : `, before ${before}`}`];
}

/** Empty where the system does not know the account, as in some containers. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
