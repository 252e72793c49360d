import type { Command } from 'commander';
import { userInfo } from 'node:os';
import type { JobRow } from '../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { RenderedRevision } from '../../workflows/contracts/activities.ts';
import type { RevisionNeeds, WantedChange } from '../jobs/revise-job.ts';
import type { CommandContext } from './command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from './job-command.ts';

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
 * @param wantedOf the change by this person of this job; null: there is nothing to change
 */
export async function revise(
  context: CommandContext,
  reference: string,
  options: RevisionOptions,
  wantedOf: (
    by: string,
    row: JobRow,
    store: ObjectStore,
  ) => WantedChange | null | Promise<WantedChange | null>,
  asked: RevisionNeeds = {},
): Promise<void> {
  const { services, output } = context;
  const { authorSchema } = await import('../../workflows/contracts/revision.ts');
  const { checkedArgument } = await import('../jobs/checked-argument.ts');
  const by = checkedArgument(authorSchema, '--by', options.by ?? accountName());
  const row = await namedJob(context, reference, options);
  const store = await services.store();
  const wanted = await wantedOf(by, row, store);
  const { makeChange } = await import('../jobs/make-change.ts');
  const { approvalLines } = await import('./render-approval.ts');
  const slow = setTimeout(() => {
    output.remark(
      'the change is still being made (is a worker running?): Ctrl-C ends this command, and not the change',
    );
  }, 30_000);
  try {
    const change = await makeChange(row, wanted, services, asked);
    if (change.outcome === 'same') {
      output.result(
        options,
        { id: row.id, version: null },
        `nothing changed: job ${row.id} has no new version`,
      );
      return;
    }
    if (change.outcome === 'unwanted') {
      return output.remark('nothing was called, and nothing changed');
    }
    const { made, approval } = change;
    const { version, statements } = made;
    output.result(options, { id: row.id, version, statements, approval }, [
      `job ${row.id} has version ${version}: npm run -s hansard -- result ${row.id} --out DIR`,
      ...verifiedLines(made),
      ...approvalLines({ id: row.id, version, asked: change.asked }, approval),
      // A decision changes the line on the approval alone.
      ...(wanted?.kind === 'approval'
        ? []
        : [`what changed: npm run -s hansard -- versions ${row.id} --changes ${version}`]),
    ]);
  } finally {
    clearTimeout(slow);
  }
}

/** Says nothing where all are verified as they were. */
function verifiedLines({ statements, statementsBefore }: RenderedRevision): string[] {
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
