import type { Command } from 'commander';
import type { JobRow, JobVersion } from '../../../adapters/database/job-library.ts';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from '../job-command.ts';

export function addVersions(program: Command, context: CommandContext): void {
  jobCommand(program, 'versions', "list the versions of a job's minutes, the newest first")
    .option('--json', 'print them as a JSON array')
    .action(async (reference: string, options: JobCommandOptions) => {
      const { services, output } = context;
      const row = await namedJob(context, reference, options);
      const versions = await (await services.library()).versions(row.tenant, row.id);
      const { aligned, printable } = await import('../render-list.ts');
      const table = versions.map((version) => [
        `${version.version}${isShown(row, version) ? ' *' : ''}`,
        version.createdAt.toISOString().replace('T', ' ').slice(0, 16),
        version.result,
        printable(madeBy(version)),
      ]);
      output.result(
        options,
        versions.map((version) => jsonOf(row, version)),
        versions.length === 0
          ? `job ${row.id} has no minutes yet`
          : [
              ...aligned([['VERSION', 'MADE (UTC)', 'RESULT', 'BY'], ...table]),
              '* is what list, search and result show',
            ],
      );
    });
}

const isShown = (row: JobRow, { minutesKey }: JobVersion): boolean => minutesKey === row.minutesKey;

const madeBy = ({ kind, base, author }: JobVersion): string =>
  kind === null ? 'a run of the job' : `${author ?? 'somebody'}: ${kind}, from version ${base}`;

const jsonOf = (row: JobRow, version: JobVersion) => ({
  version: version.version,
  isShown: isShown(row, version),
  result: version.result,
  kind: version.kind,
  base: version.base,
  by: version.author,
  createdAt: version.createdAt.toISOString(),
});
