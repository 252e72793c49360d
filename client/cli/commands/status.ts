import type { Command } from 'commander';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import type { ApprovalView } from '../../jobs/approval-view.ts';
import type { CommandContext } from '../command-context.ts';
import { minute } from '../minute.ts';
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
      const { shownMinutes } = await import('../../jobs/shown-minutes.ts');
      const [view, template, shown] = await Promise.all([
        jobView(row, { library, temporal: services.temporal }),
        templateName(row, services),
        row.approval === null ? null : shownMinutes(row, services.store),
      ]);
      const lines = statusBlock(view);
      const approval = view.status.approval && { ...shown?.approval, ...view.status.approval };
      output.result(options, { ...view.status, approval, template }, [
        ...lines,
        ...(approval === null ? [] : approvalLines(approval)),
        ...(template === null || template === 'standard'
          ? []
          : [`  template: ${printable(template)}`]),
      ]);
    });
}

type Named = ApprovalView & {
  readonly asked?: string | null | undefined;
  readonly by?: string;
  readonly at?: string;
  readonly remark?: string;
};

function approvalLines({ asked, by, at, remark, filesSha256, remindedAt }: Named): string[] {
  const rows = {
    approver: asked ?? null,
    'decided by': by === undefined || at === undefined ? null : `${by}, ${minute(at)}`,
    remark: remark ?? null,
    reminded: remindedAt === null ? null : minute(remindedAt),
    'sha-256': filesSha256 === null ? null : `${filesSha256} (of approved.sha256)`,
  };
  return Object.entries(rows).flatMap(([name, value]) =>
    value === null ? [] : [`  ${name}: ${printable(value)}`],
  );
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
