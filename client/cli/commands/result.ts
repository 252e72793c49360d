import type { Command } from 'commander';
import { resolve } from 'node:path';
import { parseTenant, workingFolder } from '../../config.ts';
import { fetchResult, parseFormats } from '../../jobs/fetch-result.ts';
import { findJob } from '../../jobs/find-job.ts';
import type { CommandContext } from '../command-context.ts';

interface ResultOptions {
  readonly out: string;
  readonly format?: string;
  readonly tenant?: string;
  readonly json?: true;
}

export function addResult(program: Command, context: CommandContext): void {
  program
    .command('result')
    .description('write the files of a completed job into a folder')
    .argument('<id>', 'job id, or its first 8 characters or more')
    .requiredOption('--out <dir>', 'the folder; made where it is missing')
    .option('--format <list>', 'of md, json, html, vtt, srt, separated by commas; otherwise all')
    .option('--tenant <id>', 'whose job it is')
    .option('--json', 'print the files as a JSON array of { name, path }')
    .action(async (reference: string, options: ResultOptions) => {
      const { env, services, output } = context;
      const formats = parseFormats(options.format);
      const folder = resolve(workingFolder(env), options.out);
      const tenant = parseTenant(env, options.tenant);
      const row = await findJob(services.library, tenant, reference);
      const files = await fetchResult(row, await services.store(), { folder, formats });
      if (options.json) output.json(files);
      else for (const { path } of files) output.line(path);
    });
}
