import type { Command } from 'commander';
import type { JobRow, JobVersion } from '../../../adapters/database/job-library.ts';
import { approvalView, approvalWords } from '../../jobs/approval-view.ts';
import { isShown, listedVersion } from '../../jobs/listed-version.ts';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from '../job-command.ts';
import { madeBy } from '../made-by.ts';

interface VersionsOptions extends JobCommandOptions {
  readonly changes?: string | true;
}

export function addVersions(program: Command, context: CommandContext): void {
  jobCommand(program, 'versions', "list the versions of a job's minutes, the newest first")
    .option(
      '--changes [number]',
      'what a person changed in a version (default: in the one that the job shows)',
    )
    .option('--json', 'print them as a JSON array, and changes as an object')
    .action(async (reference: string, options: VersionsOptions) => {
      const { services, output } = context;
      const row = await namedJob(context, reference, options);
      if (options.changes !== undefined) {
        const { ofVersion } = await import('../../jobs/of-version.ts');
        const { fetchChanges } = await import('../../jobs/fetch-changes.ts');
        const { changesLines } = await import('../render-changes.ts');
        const of =
          options.changes === true
            ? row
            : await ofVersion(row, options.changes, await services.library(), '--changes');
        const changes = await fetchChanges(of, await services.store());
        output.result(options, changes, changesLines(changes));
        return;
      }
      const versions = await (await services.library()).versions(row.tenant, row.id);
      const { aligned, printable } = await import('../render-list.ts');
      const table = versions.map((version) => [
        `${version.version}${isShown(row, version) ? ' *' : ''}`,
        version.createdAt.toISOString().replace('T', ' ').slice(0, 16),
        [version.result, ...approvalOf(row, version)].join(' '),
        printable(madeBy(version)),
      ]);
      output.result(
        options,
        versions.map((version) => listedVersion(row, version)),
        versions.length === 0
          ? `job ${row.id} has no minutes yet`
          : [
              ...aligned([['VERSION', 'MADE (UTC)', 'RESULT', 'BY'], ...table]),
              '* is what list, search and result show',
            ],
      );
    });
}

/** Of an earlier version, nobody is waited for: it is not late. */
const approvalOf = (row: JobRow, version: JobVersion): string[] => {
  if (version.approval === null) return [];
  const view = isShown(row, version) ? approvalView(version.approval, new Date()) : null;
  return [view === null ? version.approval.state : approvalWords(view)];
};
