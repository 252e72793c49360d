import type { Command } from 'commander';
import type { SummaryCalls } from '../../../workflows/contracts/activities.ts';
import { InvalidOptionError, workingFolder } from '../../config.ts';
import { ask, canAsk } from '../ask.ts';
import { replacedText } from '../replaced-text.ts';
import type { CommandContext } from '../command-context.ts';
import { revise, revisionCommand, type RevisionOptions } from '../revision-command.ts';

interface ResummarizeOptions extends RevisionOptions {
  readonly language?: string;
  readonly target?: string;
  readonly template?: string;
  readonly yes?: true;
}

export function addResummarize(program: Command, context: CommandContext): void {
  revisionCommand(
    program,
    'resummarize',
    'write the summary of a job anew, from the transcript that it shows, as a next version',
  )
    .option('--language <code>', 'the language to write in (default: as the minutes are)')
    .option(
      '--template <name|file>',
      'standard, a built-in template, or a YAML file of your own (default: as the minutes are)',
    )
    .option('--target <name>', 'the only target to ask: answers of others do not count')
    .option('--yes', 'make the calls without asking; what they are is said all the same')
    .action(async (reference: string, options: ResummarizeOptions) => {
      const { parseSummaryChange } = await import('../../jobs/summary-change.ts');
      const { change, template } = await parseSummaryChange(options, workingFolder(context.env));
      await revise(
        context,
        reference,
        options,
        () => ({ kind: 'resummarize', typed: options, change, template }),
        {
          onReplaced: (written, id) => {
            const replaced = replacedText(written, id);
            if (replaced !== null) context.output.remark(replaced);
          },
          signal: context.signal,
          confirm: (calls) => confirm(calls, options, context),
          onProgress: ({ done, total }) => {
            context.output.remark(`${done} of ${total} sections are summarised`);
          },
        },
      );
    });
}

async function confirm(
  calls: SummaryCalls,
  options: ResummarizeOptions,
  context: CommandContext,
): Promise<boolean> {
  context.output.remark(callsText(calls));
  if (options.yes) return true;
  if (!canAsk(options, context)) {
    throw new InvalidOptionError('nothing was called: add --yes to make these calls');
  }
  return await ask('Make these calls?', {
    signal: context.signal,
    ifInterrupted: 'nothing was called',
  });
}

/** `summarising the transcript (5 sections) takes 2 calls whose answers are not stored, and at most 4 more to join the summaries`. */
function callsText({ sections, calls, atMost }: SummaryCalls): string {
  const more = atMost - calls;
  const joins = more === 0 ? '' : `, and at most ${more} more to join the summaries`;
  return `summarising the transcript (${sections} ${sections === 1 ? 'section' : 'sections'}) takes ${calls} ${calls === 1 ? 'call whose answer is' : 'calls whose answers are'} not stored${joins}; a call is made once more if its answer cannot be used`;
}
