import type { Command } from 'commander';
import { parseVersion } from '../../jobs/parse-version.ts';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, named, type JobCommandOptions } from '../job-command.ts';

interface ExplainOptions extends JobCommandOptions {
  readonly version?: string;
}

export function addExplain(program: Command, context: CommandContext): void {
  jobCommand(
    program,
    'explain',
    'show where each statement of the minutes comes from: the words, the recording, the calls, the ledger',
  )
    .argument('[item]', 'one statement, such as d2, or summary (default: all of them)')
    .option('--version <n>', 'of an earlier version of the minutes')
    .option('--json', 'print the explanation as JSON')
    .action(async (reference: string, item: string | undefined, options: ExplainOptions) => {
      // Before any service is looked for.
      const version = options.version === undefined ? undefined : parseVersion(options.version);
      const backEnd = await context.backEnd();
      const [explanation, { explanationLines }] = await Promise.all([
        backEnd.explain(named(reference, options), { item, version }),
        import('../render-explanation.ts'),
      ]);
      context.output.result(options, explanation, explanationLines(explanation));
    });
}
