import {
  ApplicationFailure,
  CancellationScope,
  condition,
  ContinueAsNew,
  defineQuery,
  defineSignal,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { io, later, revision } from './activities.ts';
import type { RenderedRevision, RenderRevision, SummaryCalls } from './contracts/activities.ts';
import { FAILURES } from './contracts/failures.ts';
import type { JobReference } from './contracts/jobs.ts';
import type { RevisionInput } from './contracts/minutes-state.ts';
import { CALLS_QUERY, PROCEED_SIGNAL } from './contracts/names.ts';
import type { RecordedTarget } from './contracts/targets.ts';
import { JobProgress } from './minutes/job-progress.ts';
import { JobRun } from './minutes/job-run.ts';
import { firstSections } from './minutes/first-sections.ts';
import { summarize } from './minutes/summarize.ts';
import { tellApproval } from './tell-approval.ts';

/** How long a person may think about the cost: no other change of the job can be made meanwhile. */
const TIME_TO_CONFIRM = '10 minutes';

/** Makes the next version of a job's minutes with a change that a person asked for, and makes it the job's result. */
export async function revise(input: RevisionInput): Promise<RenderedRevision> {
  const { tenant, jobId, change } = input;
  const reference = { tenant, jobId, change };
  const started = input.state?.results.revision ?? (await revision.startRevision(reference));
  if (started.summarize === null) return await finish(reference);
  const chain = { ...started, summarize: started.summarize };
  let goesOn = false;
  try {
    return await finish({ ...reference, summary: await summarizeAnew(input, chain) });
  } catch (error) {
    goesOn = error instanceof ContinueAsNew;
    throw error;
  } finally {
    if (!goesOn) await CancellationScope.nonCancellable(() => io.closeRevision(runOf(input)));
  }
}

async function finish(call: RenderRevision): Promise<RenderedRevision> {
  const { tenant, jobId, change } = call;
  const rendered = await revision.renderRevision(call);
  await revision.publishRevision({ tenant, jobId, change, ...rendered });
  await tellApproval(call, rendered.approval);
  return rendered;
}

/** Rows and scratch belong to a run. */
const runOf = ({ tenant, jobId, change }: RevisionInput): JobReference => ({
  tenant,
  jobId,
  runId: workflowInfo().firstExecutionRunId,
  revision: change,
});

/** Writes the summary anew, once a person has seen what it costs in calls. Free of calls, nobody is asked. */
async function summarizeAnew(
  input: RevisionInput,
  started: { readonly summarize: readonly RecordedTarget[]; readonly probeMs: number },
): Promise<NonNullable<RenderRevision['summary']>> {
  const job = runOf(input);
  const progress = new JobProgress(job, input.state?.progress);
  progress.probeMs = started.probeMs;
  const run = new JobRun(input, progress);
  await run.once('revision', () => Promise.resolve(started));
  await run.once('confirmed', () => confirmed(job, started.summarize));
  const summarized = await progress.runStage('summarize', () =>
    summarize(job, started.summarize, { progress, run }),
  );
  return {
    summarized,
    chain: started.summarize.map(({ name }) => name),
    degradations: progress.degradations,
  };
}

async function confirmed(job: JobReference, targets: readonly RecordedTarget[]): Promise<true> {
  let calls: SummaryCalls | null = null;
  let isWanted = false;
  setHandler(defineQuery<SummaryCalls | null>(CALLS_QUERY), () => calls);
  setHandler(defineSignal(PROCEED_SIGNAL), () => {
    isWanted = true;
  });
  if (targets.length === 0) return true;
  const cut = firstSections(job, targets);
  await later.wholeRecording.cutSections({ ...cut, halve: [] });
  calls = await revision.countSummaryCalls(cut);
  if (calls.atMost === 0) return true;
  if (await condition(() => isWanted, TIME_TO_CONFIRM)) return true;
  throw ApplicationFailure.nonRetryable(
    'nobody said within 10 minutes that the calls are wanted: nothing was called, and nothing changed',
    FAILURES.RevisionRefused,
  );
}
