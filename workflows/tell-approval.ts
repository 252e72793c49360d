import {
  CancellationScope,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import type { approval, ApprovalInput } from './approval.ts';
import type { ApprovalFacts } from './contracts/approval.ts';
import { approvalWorkflowId, LOOK_SIGNAL, WORKFLOWS } from './contracts/names.ts';

/**
 * After a version became the one that a job shows: tells the workflow that waits for its approval, or starts one where
 * the version waits for a person. Absent `facts`: nobody is asked.
 */
export async function tellApproval(
  { tenant, jobId }: ApprovalInput,
  facts: ApprovalFacts | undefined,
): Promise<void> {
  if (facts === undefined) return;
  const waits = facts.state !== 'approved' && facts.until !== null;
  await CancellationScope.nonCancellable(async () => {
    // One may end, or begin, between the two.
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      if (await signalled({ tenant, jobId })) return;
      if (!waits || (await started({ tenant, jobId }))) return;
    }
  });
}

const MOST_ATTEMPTS = 3;

/** False: none is running. */
async function signalled({ tenant, jobId }: ApprovalInput): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(approvalWorkflowId(tenant, jobId)).signal(LOOK_SIGNAL);
    return true;
  } catch {
    return false;
  }
}

/** False: one is running. */
async function started({ tenant, jobId }: ApprovalInput): Promise<boolean> {
  try {
    await startChild<typeof approval>(WORKFLOWS.approval, {
      workflowId: approvalWorkflowId(tenant, jobId),
      args: [{ tenant, jobId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      searchAttributes: { Tenant: [tenant], Stage: ['draft'] },
      priority: { fairnessKey: tenant },
      staticSummary: 'a draft of minutes waits for a person',
    });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')
      return false;
    throw error;
  }
}
