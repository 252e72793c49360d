import type { Command } from 'commander';
import { resolve } from 'node:path';
import { workingFolder } from '../../config.ts';
import { parseVersion } from '../../jobs/parse-version.ts';
import type { CommandContext } from '../command-context.ts';
import { revise, revisionCommand, type RevisionOptions } from '../revision-command.ts';

interface EditOptions extends RevisionOptions {
  readonly version?: string;
}

export function addEdit(program: Command, context: CommandContext): void {
  revisionCommand(
    program,
    'edit',
    'take a corrected minutes.json or transcript.json back, as the next version; no model is called',
  )
    .argument('<file>', 'the corrected file, as result wrote it')
    .option(
      '--version <number>',
      'the version that the file was made from (minutes.json says it; default: the one that the job shows)',
    )
    .action(async (reference: string, file: string, options: EditOptions) => {
      const madeFrom = options.version === undefined ? undefined : parseVersion(options.version);
      const path = resolve(workingFolder(context.env), file);
      await revise(context, reference, options, () => ({ kind: 'edit', path, madeFrom }));
    });
}
