import {
  condition,
  continueAsNew,
  defineSignal,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { waiting } from './activities.ts';
import type { ApprovalLook } from './contracts/activities.ts';
import { LOOK_SIGNAL } from './contracts/names.ts';

export interface ApprovalInput {
  readonly tenant: string;
  readonly jobId: string;
}

/**
 * Waits until the minutes that a job shows are approved, reminds once of each draft, and ends at its deadline. It decides
 * nothing: it looks at what the job shows, again whenever that is another version. So whatever happens to it, the draft
 * is what it is, and can be approved.
 */
export async function approval(
  input: ApprovalInput,
): Promise<'approved' | 'expired' | 'withdrawn'> {
  let isOutdated = false;
  setHandler(defineSignal(LOOK_SIGNAL), () => {
    isOutdated = true;
  });
  for (;;) {
    isOutdated = false;
    const look = await waiting.lookAtApproval(input);
    if (isOutdated) continue;
    show(input, look);
    const { state, until = null } = look?.approval ?? {};
    if (state === 'approved') return 'approved';
    if (look === null || until === null) return 'withdrawn';
    const left = msUntil(until);
    if (left <= 0) return 'expired';
    if (look.remindAt === null || msUntil(look.remindAt) > left) {
      await condition(() => isOutdated, left);
    } else if (!(await condition(() => isOutdated, Math.max(1, msUntil(look.remindAt))))) {
      await waiting.remindOfApproval({ ...input, version: look.version });
    }
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof approval>(input);
  }
}

const msUntil = (time: string): number => Date.parse(time) - Date.now();

/** Holds no names: Temporal stores both as plain text. */
function show({ tenant }: ApprovalInput, look: ApprovalLook | null): void {
  const { version, approval: facts } = look ?? { version: 0, approval: null };
  if (facts === null) return setCurrentDetails('Nobody is asked for approval.');
  const isReminded = facts.remindedAt !== undefined;
  const stage = facts.state === 'draft' && isReminded ? 'reminded' : facts.state;
  upsertSearchAttributes({ Tenant: [tenant], Stage: [stage] });
  setCurrentDetails(
    [
      `Version ${version}: **${facts.state}** since ${facts.since}`,
      ...(facts.until === null ? [] : [`It waits until ${facts.until}.`]),
      ...(isReminded ? [`**It waits for long**: reminded at ${facts.remindedAt}.`] : []),
    ].join('\n\n'),
  );
}
