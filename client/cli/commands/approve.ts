import type { Command } from 'commander';
import type { JobRow } from '../../../adapters/database/job-library.ts';
import type { ObjectStore } from '../../../adapters/object-store/object-store.ts';
import type { Decision } from '../../../workflows/contracts/approval.ts';
import type { CommandContext } from '../command-context.ts';
import { revise, revisionCommand, type RevisionOptions } from '../revision-command.ts';

interface DecisionOptions extends RevisionOptions {
  readonly version?: string;
}

export function addApprove(program: Command, context: CommandContext): void {
  decisionCommand(
    program,
    'approve',
    'approve the minutes of a job: the next version says so, and its files are frozen by their digests',
  ).action(async (reference: string, options: DecisionOptions) => {
    await decide(context, reference, options, async ({ minutesKey }, store) => {
      const { sha256 } = await import('../../../adapters/identity/digest.ts');
      return { kind: 'approve', sha256: sha256(await store.get(minutesKey)) };
    });
  });
}

export function addReturn(program: Command, context: CommandContext): void {
  decisionCommand(
    program,
    'return',
    'return the minutes of a job instead of approving them; the next correction makes a draft again',
  )
    .argument('<remark>', 'what has to be corrected; the documents show it')
    .action(async (reference: string, typed: string, options: DecisionOptions) => {
      const { remarkSchema } = await import('../../../workflows/contracts/approval.ts');
      const { checkedArgument } = await import('../checked-argument.ts');
      const remark = checkedArgument(remarkSchema, 'the remark', typed);
      await decide(context, reference, options, () => ({ kind: 'return', remark }));
    });
}

export function addDelegate(program: Command, context: CommandContext): void {
  decisionCommand(program, 'delegate', 'ask somebody else to approve the minutes of a job')
    .argument('<name>', 'who is asked instead')
    .action(async (reference: string, typed: string, options: DecisionOptions) => {
      const { shortTextSchema } = await import('../../../workflows/contracts/short-text.ts');
      const { checkedArgument } = await import('../checked-argument.ts');
      const to = checkedArgument(shortTextSchema, 'the name', typed);
      await decide(context, reference, options, () => ({ kind: 'delegate', to }));
    });
}

const decisionCommand = (program: Command, name: string, description: string): Command =>
  revisionCommand(program, name, `${description}; no model is called`).option(
    '--version <number>',
    'the version that you read: another one that is shown by now is refused (default: the one that is shown)',
  );

async function decide(
  context: CommandContext,
  reference: string,
  options: DecisionOptions,
  decisionOn: (
    row: JobRow & { readonly minutesKey: string },
    store: ObjectStore,
  ) => Decision | Promise<Decision>,
): Promise<void> {
  await revise(context, reference, options, async (by, row, store) => {
    const { requireShown } = await import('../../jobs/of-version.ts');
    const shown = await requireShown(row, options.version, await context.services.library());
    return { kind: 'approval', by, decision: await decisionOn(shown, store) };
  });
}
