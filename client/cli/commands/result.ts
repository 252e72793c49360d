import type { Command } from 'commander';
import { resolve } from 'node:path';
import { InvalidOptionError, parseMediaBinaries, workingFolder } from '../../config.ts';
import { parseVersion } from '../../jobs/parse-version.ts';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from '../job-command.ts';

interface ResultOptions extends JobCommandOptions {
  readonly out: string;
  readonly format?: string;
  readonly withAudio?: boolean;
  readonly version?: string;
}

export function addResult(program: Command, context: CommandContext): void {
  jobCommand(program, 'result', 'write the files of a completed job into a folder')
    .requiredOption('--out <dir>', 'the folder; created when it is missing')
    .option(
      '--format <list>',
      'some of md, json, html, docx, pdf, vtt, srt, separated by commas (default: all); zip packs them',
    )
    .option(
      '--with-audio',
      'put the recording beside minutes.html, which then plays what is clicked',
    )
    .option('--version <number>', 'an earlier version (default: the one that the job shows)')
    .option('--json', 'print the files as a JSON array of { name, path }')
    .action(async (reference: string, options: ResultOptions) => {
      const { env, services, output } = context;
      const { fetchResult, parseFormats } = await import('../../jobs/fetch-result.ts');
      const { formats, zip } = parseFormats(options.format);
      if (options.withAudio === true && !formats.includes('html')) {
        throw new InvalidOptionError(
          '--with-audio needs html among the formats: the page plays it',
        );
      }
      if (options.version !== undefined) parseVersion(options.version);
      const folder = resolve(workingFolder(env), options.out);
      const named = await namedJob(context, reference, options);
      const { ofVersion } = await import('../../jobs/of-version.ts');
      const row =
        options.version === undefined
          ? named
          : await ofVersion(named, options.version, await services.library());
      const store = await services.store();
      const fetch = async (into: string) => {
        const files = await fetchResult(row, store, { folder: into, formats });
        if (options.withAudio !== true) return files;
        const { addRecording } = await import('../../jobs/add-recording.ts');
        const binaries = parseMediaBinaries(env);
        return [...files, await addRecording(row, store, { folder: into, binaries })];
      };
      const files = zip
        ? await (await import('../../jobs/fetch-zip.ts')).fetchZip(folder, fetch)
        : await fetch(folder);
      const paths = files.map(({ path }) => path);
      output.result(options, files, paths);
    });
}
