import type { Command } from 'commander';
import { basename, resolve } from 'node:path';
import { clock } from '../../../workflows/contracts/clock.ts';
import { workingFolder } from '../../config.ts';
import type { TypedApproval } from '../../jobs/approval-options.ts';
import type { TypedJobOptions } from '../../jobs/job-options.ts';
import type { CommandContext } from '../command-context.ts';
import type { JobCommandOptions } from '../job-command.ts';
import { printable } from '../render-list.ts';

interface SubmitOptions extends TypedJobOptions, TypedApproval, JobCommandOptions {
  readonly force?: true;
  readonly join?: true;
  readonly template: string;
}

export function addSubmit(program: Command, context: CommandContext): void {
  program
    .command('submit')
    .description('make minutes of a recording, or of a transcript')
    .argument(
      '<file...>',
      'a recording (wav, flac, mp3, m4a, ogg, webm, mp4, …) or a transcript (vtt, srt, txt, json)',
    )
    .option('--join', 'the files are one recording, one after the other in the order given')
    .option('--title <text>', 'title of the minutes')
    .option('--date <day>', 'day of the meeting, YYYY-MM-DD; relative due dates count from it')
    .option('--language <code>', 'spoken language: a code or an English name (default: detected)')
    .option(
      '--attendees <names>',
      'who attended, for the minutes: separated by commas, or by semicolons',
    )
    .option(
      '--template <name|file>',
      'standard, stand-up, board, interview, lecture, sales-call, or a YAML file of your own',
      'standard',
    )
    .option('--no-image', 'without an illustration')
    .option('--approve', 'the minutes are a draft until somebody approves them')
    .option('--approver <name>', 'with --approve: who is asked; the documents name them')
    .option(
      '--deadline <time>',
      'with --approve: how long a draft waits, such as 30m, 12h or 7d (default: 7d)',
    )
    .option(
      '--tenant <id>',
      'tenant that the job belongs to (default: HANSARD_TENANT, or "default")',
    )
    .option('--force', 'make the minutes again, and pay again, even if they exist')
    .option('--watch', 'follow the job to its end')
    .option('--strict', 'with --watch: exit 1 when the minutes are partial')
    .option('--json', 'print { id, workflowId, reused, retitled, approvalIgnored, approvalStands }')
    .action((files: string[], options: SubmitOptions) => submit(files, options, context));
}

async function submit(
  files: readonly string[],
  typed: SubmitOptions,
  context: CommandContext,
): Promise<void> {
  const { env, output, signal } = context;
  const { parseFiles, parseJobOptions } = await import('../../jobs/job-options.ts');
  const { chooseTemplate } = await import('../../templates/choose-template.ts');
  const template = await chooseTemplate(typed.template, workingFolder(env));
  const { title, options } = parseJobOptions(typed, template?.id);
  const { parseApproval } = await import('../../jobs/approval-options.ts');
  const approval = parseApproval(typed);
  const { tenant } = typed;
  const paths = parseFiles(files, typed).map((file) => resolve(workingFolder(env), file));
  const backEnd = await context.backEnd();
  const { job, isComplete, waitsForWorker } = await backEnd.submit(
    { tenant, paths, title, options, template, approval, force: typed.force === true },
    {
      signal,
      onProbed: (probed) => {
        if (probed.length > 1) orderLines(paths, probed).forEach(output.remark);
      },
      onUpload: () => {
        if (typed.force)
          output.remark('--force: this job is made again, and its calls are paid for again');
      },
      onUploaded: uploadRemarks(output.remark),
    },
  );
  const existing = job.retitled === undefined ? 'nothing was started' : 'its title is changed';
  const now = job.reused ? `exists already: ${existing}` : 'started';
  output.result(typed, job, `job ${job.id} ${now}`);
  const name = { reference: job.id, tenant };
  if (job.retitled === 'list') {
    const shown = isComplete ? (await backEnd.versions(name)).shown : null;
    output.remark(
      shown === null || shown.stays === null
        ? `the documents keep the old title until npm run -s hansard -- retry ${job.id} makes them again`
        : `the documents keep the old title: version ${shown.version} is ${shown.stays}, and no retry replaces it; npm run -s hansard -- edit ${job.id} FILE changes their title`,
    );
  }
  if (job.approvalIgnored) {
    output.remark(
      `--approve changes no job that exists: nobody is asked; npm run -s hansard -- approve ${job.id} approves its minutes all the same`,
    );
  }
  if (job.approvalStands) {
    const { approvalStandsText } = await import('../render-approval.ts');
    output.remark(approvalStandsText(job.id, job.approvalStands));
  }
  if (waitsForWorker) {
    output.remark('no worker is running: the job waits for one (npm run worker, or npm run local)');
  }
  if (typed.watch) {
    const { followJob } = await import('../follow-job.ts');
    return followJob(name, typed, context);
  }
  if (typed.json) return;
  if (!isComplete) output.remark(`follow it with npm run -s hansard -- watch ${job.id}`);
  else {
    output.remark(`fetch the files with npm run -s hansard -- result ${job.id} --out DIR`);
    const { tellOfMinutes } = await import('../follow-job.ts');
    await tellOfMinutes(name, context);
  }
}

/** Shells sort `part10` before `part2`: shows the order, and when each file begins. */
function orderLines(
  paths: readonly string[],
  probed: readonly { readonly durationSeconds: number }[],
): string[] {
  let seconds = 0;
  return paths.map((path, index) => {
    const line = `${clock(seconds)}  ${printable(basename(path))}`;
    seconds += probed[index]?.durationSeconds ?? 0;
    return line;
  });
}

/** Prints a line at every tenth of a large upload; small ones end too quickly to read about. */
function uploadRemarks(remark: (text: string) => void) {
  let printedTenths = 0;
  return ({ bytes, of }: { bytes: number; of: number }): void => {
    const tenths = Math.floor((bytes / of) * 10);
    if (of < LARGE_UPLOAD_BYTES || tenths === printedTenths) return;
    printedTenths = tenths;
    remark(`uploaded ${tenths * 10} % of ${Math.round(of / 1e6)} MB`);
  };
}

/** Takes some seconds on a slow line. */
const LARGE_UPLOAD_BYTES = 32e6;
