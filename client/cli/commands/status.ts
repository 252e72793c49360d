import type { Command } from 'commander';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import type { CommandContext } from '../command-context.ts';
import { printable } from '../render-list.ts';
import { jobCommand, namedJob, type JobCommandOptions } from '../job-command.ts';

export function addStatus(program: Command, context: CommandContext): void {
  jobCommand(program, 'status', 'show the status of a job')
    .option('--json', 'print the status as JSON')
    .action(async (reference: string, options: JobCommandOptions) => {
      const { services, output } = context;
      const row = await namedJob(context, reference, options);
      const { jobView } = await import('../../jobs/job-status.ts');
      const { statusBlock } = await import('../render-view.ts');
      const library = await services.library();
      const [view, template] = await Promise.all([
        jobView(row, { library, temporal: services.temporal }),
        templateName(row, services),
      ]);
      const lines = statusBlock(view, output.columns());
      output.result(options, { ...view.status, template }, [
        ...lines,
        ...(template === null || template === 'standard'
          ? []
          : [`  template: ${printable(template)}`]),
      ]);
    });
}

/** The name of a job's template; null where its input cannot be read. */
async function templateName(
  { tenant, id }: JobRow,
  { store }: CommandContext['services'],
): Promise<string | null> {
  const { jobInputKey } = await import('../../../adapters/object-store/keys.ts');
  const { jobInputSchema } = await import('../../../workflows/contracts/job-input.ts');
  try {
    const input = await (await store()).getJson(jobInputKey(tenant, id), jobInputSchema);
    return input.template?.name ?? 'standard';
  } catch {
    return null;
  }
}
