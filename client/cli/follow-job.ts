import { approvalView, waitsForPerson } from '../jobs/approval-view.ts';
import { findJob } from '../jobs/find-job.ts';
import { jobView } from '../jobs/job-status.ts';
import type { JobView } from '../jobs/job-view.ts';
import { watchJob } from '../jobs/watch-job.ts';
import type { CommandContext } from './command-context.ts';
import { EXIT } from './exit-codes.ts';
import { plainLines, statusBlock } from './render-view.ts';

/** Shows a job until it ends, and sets the exit code by how it ended. */
export async function followJob(
  id: string,
  tenant: string,
  options: { readonly json?: true; readonly strict?: true },
  context: CommandContext,
): Promise<void> {
  const { services, signal, output } = context;
  const library = await services.library();
  const sources = { library, temporal: services.temporal };
  const { status } = await watchJob({
    id,
    signal,
    look: async () => jobView(await findJob(services.library, tenant, id), sources),
    show: options.json ? changesAsJson(context) : display(context),
  });
  if (status.status !== 'completed' && status.waitingFor !== 'approval') {
    context.endWith(EXIT.failed);
  } else if (options.strict && status.result === 'partial') context.endWith(EXIT.failed);
  else if (!options.json) {
    output.remark(`fetch the files with npm run -s hansard -- result ${id} --out DIR`);
    await tellOfMinutes(id, tenant, context);
  }
}

/** What else there is to know of minutes that a run has made, or tried to replace: in remarks. */
export async function tellOfMinutes(
  id: string,
  tenant: string,
  { services, output }: CommandContext,
): Promise<void> {
  const { shownMinutes } = await import('../jobs/shown-minutes.ts');
  const { approvalLines, notShownText } = await import('./render-approval.ts');
  const library = await services.library();
  const row = await findJob(services.library, tenant, id);
  const shown = await shownMinutes(row, services.store);
  if (shown === null) return;
  const [newest] = await library.versions(tenant, id);
  if (newest !== undefined && newest.version > shown.version) {
    output.remark(notShownText(id, newest.version, shown));
  }
  const approval = approvalView(row.approval, new Date());
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
