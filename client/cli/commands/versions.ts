import type { Command } from 'commander';
import { approvalWords } from '../../jobs/approval-view.ts';
import { parseVersion } from '../../jobs/parse-version.ts';
import type { JobVersions } from '../../jobs/read-versions.ts';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, named, type JobCommandOptions } from '../job-command.ts';
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
      const { output } = context;
      const name = named(reference, options);
      if (options.changes !== undefined) {
        const { changesLines } = await import('../render-changes.ts');
        const version =
          options.changes === true ? undefined : parseVersion(options.changes, '--changes');
        const changes = await (await context.backEnd()).changes(name, version);
        output.result(options, changes, changesLines(changes));
        return;
      }
      const { id, versions, shown } = await (await context.backEnd()).versions(name);
      const { aligned, printable } = await import('../render-list.ts');
      const table = versions.map((version) => [
        `${version.version}${version.isShown ? ' *' : ''}`,
        version.createdAt.replace('T', ' ').slice(0, 16),
        [version.result, ...approvalOf(version, shown)].join(' '),
        printable(madeBy(version)),
      ]);
      output.result(
        options,
        versions,
        versions.length === 0
          ? `job ${id} has no minutes yet`
          : [
              ...aligned([['VERSION', 'MADE (UTC)', 'RESULT', 'BY'], ...table]),
              '* is what list, search and result show',
            ],
      );
    });
}

/** Of an earlier version, nobody is waited for: it is not late. */
const approvalOf = (
  { approval, isShown }: JobVersions['versions'][number],
  shown: JobVersions['shown'],
): string[] => {
  if (approval === null) return [];
  return [isShown && shown?.approval ? approvalWords(shown.approval) : approval];
};
