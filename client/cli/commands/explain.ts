import type { Command } from 'commander';
import { parseVersion } from '../../jobs/parse-version.ts';
import type { CommandContext } from '../command-context.ts';
import { jobCommand, namedJob, type JobCommandOptions } from '../job-command.ts';

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
      const { services, output } = context;
      const { version } = options;
      // Before any service is looked for.
      if (version !== undefined) parseVersion(version);
      const named = await namedJob(context, reference, options);
      const [{ explainJob }, { ofVersion }, { explanationLines }, store, database, library] =
        await Promise.all([
          import('../../jobs/explain/explain-job.ts'),
          import('../../jobs/of-version.ts'),
          import('../render-explanation.ts'),
          services.store(),
          services.database(),
          services.library(),
        ]);
      const row = version === undefined ? named : await ofVersion(named, version, library);
      const explanation = await explainJob(row, { store, database, library }, { item });
      output.result(options, explanation, explanationLines(explanation));
    });
}
