import type { Command } from 'commander';
import { resolve } from 'node:path';
import { workingFolder } from '../../config.ts';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from '../job-command.ts';

interface ResultOptions extends JobCommandOptions {
  readonly out: string;
  readonly format?: string;
}

export function addResult(program: Command, context: CommandContext): void {
  jobCommand(program, 'result', 'write the files of a completed job into a folder')
    .requiredOption('--out <dir>', 'the folder; created when it is missing')
    .option(
      '--format <list>',
      'some of md, json, html, vtt, srt, separated by commas (default: all)',
    )
    .option('--json', 'print the files as a JSON array of { name, path }')
    .action(async (reference: string, options: ResultOptions) => {
      const { env, services, output } = context;
      const { fetchResult, parseFormats } = await import('../../jobs/fetch-result.ts');
      const formats = parseFormats(options.format);
      const folder = resolve(workingFolder(env), options.out);
      const row = await namedJob(context, reference, options);
      const files = await fetchResult(row, await services.store(), { folder, formats });
      const paths = files.map(({ path }) => path);
      output.result(options, files, paths);
    });
}
