import type { Command } from 'commander';
import { InvalidOptionError } from '../../config.ts';
import type { WantedDecision } from '../../jobs/decide.ts';
import { parseVersion } from '../../jobs/parse-version.ts';
import type { CommandContext } from '../command-context.ts';
import { named } from '../job-command.ts';
import { revise, revisionCommand, type RevisionOptions } from '../revision-command.ts';

interface DecisionOptions extends RevisionOptions {
  readonly version?: string;
}

export function addApprove(program: Command, context: CommandContext): void {
  decisionCommand(
    program,
    'approve',
    'approve the minutes of a job: the next version says so, and its files are frozen by their digests',
    VERSION_READ,
  ).action(async (reference: string, options: DecisionOptions) => {
    await decideOn(context, reference, options, { kind: 'approve' }, 'approve');
  });
}

export function addReturn(program: Command, context: CommandContext): void {
  decisionCommand(
    program,
    'return',
    'return the minutes of a job instead of approving them; the next correction makes a draft again',
    VERSION_READ,
  )
    .argument('<remark>', 'what has to be corrected; the documents show it')
    .exitOverride((error) => {
      if (error.code !== 'commander.missingArgument') throw error;
      throw new InvalidOptionError(
        `${error.message.replace(/^error: /, '')}, such as: npm run -s hansard -- return ID "Bob takes the second task." --version 2`,
      );
    })
    .action(async (reference: string, typed: string, options: DecisionOptions) => {
      const { remarkSchema } = await import('../../../workflows/contracts/approval.ts');
      const { checkedArgument } = await import('../../jobs/checked-argument.ts');
      const remark = checkedArgument(remarkSchema, 'the remark', typed);
      await decideOn(context, reference, options, { kind: 'return', remark }, 'return');
    });
}

export function addDelegate(program: Command, context: CommandContext): void {
  decisionCommand(
    program,
    'delegate',
    'ask somebody else to approve the minutes of a job',
    'the version that is meant: another one that is shown by now is refused (default: the one that is shown)',
  )
    .argument('<name>', 'who is asked instead')
    .action(async (reference: string, typed: string, options: DecisionOptions) => {
      const { shortTextSchema } = await import('../../../workflows/contracts/short-text.ts');
      const { checkedArgument } = await import('../../jobs/checked-argument.ts');
      const to = checkedArgument(shortTextSchema, 'the name', typed);
      await decideOn(context, reference, options, { kind: 'delegate', to });
    });
}

const VERSION_READ =
  'the version that you read: another one that is shown by now is refused; without it you are asked, or told what to type';

const decisionCommand = (
  program: Command,
  name: string,
  description: string,
  version: string,
): Command =>
  revisionCommand(program, name, `${description}; no model is called`).option(
    '--version <number>',
    version,
  );

/** @param reads what is only decided by who says which version they read; absent: it does not matter */
async function decideOn(
  context: CommandContext,
  reference: string,
  options: DecisionOptions,
  wanted: WantedDecision,
  reads?: keyof typeof QUESTIONS,
): Promise<void> {
  const typed = options.version === undefined ? undefined : parseVersion(options.version);
  await revise(context, reference, options, async () => {
    if (reads === undefined || typed !== undefined) {
      return { kind: 'approval', wanted, version: typed };
    }
    const { versionRead } = await import('../version-read.ts');
    const { id, version } = await versionRead(named(reference, options), options, {
      context,
      question: QUESTIONS[reads],
      commandWith: await commandOf(reads, options),
    });
    return version === null ? { unwantedOf: id } : { kind: 'approval', wanted, version };
  });
}

const QUESTIONS = { approve: 'Approve', return: 'Return' } as const;

/** What to type. The remark is content of the meeting, and stays out of messages. */
async function commandOf(name: keyof typeof QUESTIONS, options: DecisionOptions) {
  const { shellWord } = await import('../version-read.ts');
  const { by, tenant } = options;
  return (id: string, version: number): string =>
    [
      `npm run -s hansard -- ${name} ${id}`,
      ...(name === 'return' ? ['"REMARK"'] : []),
      `--version ${version}`,
      ...(by === undefined ? [] : [`--by ${shellWord(by)}`]),
      ...(tenant === undefined ? [] : [`--tenant ${shellWord(tenant)}`]),
    ].join(' ');
}
