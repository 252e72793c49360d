import type { Command } from 'commander';
import type { NamedApproval } from '../../jobs/read-status.ts';
import type { CommandContext } from '../command-context.ts';
import { minute } from '../minute.ts';
import { printable } from '../render-list.ts';
import { jobCommand, named, type JobCommandOptions } from '../job-command.ts';

export function addStatus(program: Command, context: CommandContext): void {
  jobCommand(program, 'status', 'show the status of a job')
    .option('--json', 'print the status as JSON')
    .action(async (reference: string, options: JobCommandOptions) => {
      const { statusBlock } = await import('../render-view.ts');
      const backEnd = await context.backEnd();
      const { view, status } = await backEnd.status(named(reference, options));
      const { approval, template } = status;
      context.output.result(options, status, [
        ...statusBlock(view),
        ...(approval === null ? [] : approvalLines(approval)),
        ...(template === null || template === 'standard'
          ? []
          : [`  template: ${printable(template)}`]),
      ]);
    });
}

function approvalLines({
  asked,
  by,
  at,
  remark,
  filesSha256,
  remindedAt,
}: NamedApproval): string[] {
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
