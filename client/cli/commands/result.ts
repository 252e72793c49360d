import type { Command } from 'commander';
import { resolve } from 'node:path';
import { InvalidOptionError, parseMediaBinaries, workingFolder } from '../../config.ts';
import { parseVersion } from '../../jobs/parse-version.ts';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, named, type JobCommandOptions } from '../job-command.ts';

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
      const { env, output } = context;
      const { parseFormats } = await import('../../jobs/fetch-result.ts');
      const { writeResult } = await import('../../jobs/write-result.ts');
      const { formats, zip } = parseFormats(options.format);
      const withAudio = options.withAudio === true;
      if (withAudio && !formats.includes('html')) {
        throw new InvalidOptionError(
          '--with-audio needs html among the formats: the page plays it',
        );
      }
      const version = options.version === undefined ? undefined : parseVersion(options.version);
      const folder = resolve(workingFolder(env), options.out);
      const backEnd = await context.backEnd();
      const wanted = { version, formats, withAudio };
      const source = await backEnd.result(named(reference, options), wanted);
      const fetch = async (into: string) => {
        const files = await writeResult(source, into);
        if (source.addRecording === null) return files;
        const binaries = parseMediaBinaries(env);
        return [...files, await source.addRecording({ folder: into, binaries })];
      };
      const files = zip
        ? await (await import('../../jobs/fetch-zip.ts')).fetchZip(folder, fetch)
        : await fetch(folder);
      const paths = files.map(({ path }) => path);
      output.result(options, files, paths);
    });
}
