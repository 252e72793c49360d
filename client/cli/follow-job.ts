import type { JobName } from '../back-end.ts';
import { waitsForPerson } from '../jobs/approval-view.ts';
import type { JobView } from '../jobs/job-view.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';
import { plainLines, statusBlock } from './render-view.ts';

/** Shows a job until it ends, and sets the exit code by how it ended. */
export async function followJob(
  job: JobName,
  options: { readonly json?: true; readonly strict?: true },
  context: CommandContext,
): Promise<void> {
  const { signal, output } = context;
  const backEnd = await context.backEnd();
  const show = options.json ? changesAsJson(context) : display(context);
  const { status } = await backEnd.follow(job, { signal, show });
  if (status.status !== 'completed' && status.waitingFor !== 'approval') {
    context.endWith(EXIT.failed);
  } else if (options.strict && status.result === 'partial') context.endWith(EXIT.failed);
  else if (!options.json) {
    output.remark(`fetch the files with npm run -s hansard -- result ${status.id} --out DIR`);
    await tellOfMinutes(job, context);
  }
}

/** What else there is to know of minutes that a run has made, or tried to replace: in remarks. */
export async function tellOfMinutes(
  job: JobName,
  { backEnd, output }: CommandContext,
): Promise<void> {
  const { approvalLines, notShownText } = await import('./render-approval.ts');
  const { id, versions, shown } = await (await backEnd()).versions(job);
  if (shown === null) return;
  const [newest] = versions;
  if (newest !== undefined && newest.version > shown.version) {
    output.remark(notShownText(id, newest.version, shown));
  }
  const { approval } = shown;
  if (waitsForPerson(approval)) approvalLines({ id, ...shown }, approval).forEach(output.remark);
}

/** On a terminal, a block that is redrawn; otherwise a line for each change. */
function display({ output }: CommandContext): (view: JobView) => void {
  let before: JobView | null = null;
  const since = Date.now();
  return (view) => {
    const watchedSeconds = (Date.now() - since) / 1_000;
    if (output.isTerminal) output.block(statusBlock(view, watchedSeconds));
    else for (const line of plainLines(before, view)) output.line(line);
    before = view;
  };
}

/** The status as a line of JSON, whenever it has changed. */
function changesAsJson({ output }: CommandContext): (view: JobView) => void {
  let before = '';
  return ({ status }) => {
    const now = JSON.stringify(status);
    if (now !== before) output.line(now);
    before = now;
  };
}
