import { findJob } from '../jobs/find-job.ts';
import { jobView } from '../jobs/job-status.ts';
import type { JobStatus, JobView } from '../jobs/job-view.ts';
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
    if (status.waitingFor === 'approval') await tellOfApproval(id, tenant, status, context);
  }
}

/** Who is asked, and with which commands they answer. */
async function tellOfApproval(
  id: string,
  tenant: string,
  { approval }: JobStatus,
  { services, output }: CommandContext,
): Promise<void> {
  const { askedIn, shownApproval } = await import('../jobs/shown-approval.ts');
  const { approvalLines } = await import('./render-approval.ts');
  const shown = await shownApproval(await findJob(services.library, tenant, id), services.store);
  if (shown === null) return;
  const of = { id, version: shown.version, asked: askedIn(shown) };
  approvalLines(of, approval).forEach(output.remark);
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
