import type { Approval, ApprovalFacts } from '../../workflows/contracts/approval.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';

/**
 * The `approval` of a version that was not made by approving: a draft, where approval is asked for or an earlier version
 * was ever approved or returned. It asks whom the version before asked last, else whom the job does, and waits for as long as
 * the job says, from now.
 */
export function draftOf(
  { approval: wanted }: Pick<JobInput, 'approval'>,
  held: Approval | null,
  now: Date,
): Approval | null {
  if (wanted === undefined && held === null) return null;
  return {
    state: 'draft',
    asked: (held?.asked === undefined ? wanted?.asked : held.asked) ?? null,
    since: now.toISOString(),
    until:
      wanted === undefined
        ? null
        : new Date(now.getTime() + wanted.withinSeconds * 1_000).toISOString(),
  };
}

/** What library and workflows are told of it. `filesSha256`: of the list of files, where it is approved. */
export function factsOf({ approval }: Minutes, filesSha256?: string): ApprovalFacts | null {
  if (approval === null) return null;
  const { state } = approval;
  if (state !== 'approved') return { state, since: approval.since, until: approval.until };
  return {
    state,
    since: approval.at,
    until: null,
    ...(filesSha256 !== undefined && { filesSha256 }),
  };
}

/** The lowest version of the schema whose readers understand them. */
export const schemaVersionOf = ({ schemaVersion, approval }: Minutes): number =>
  approval === null ? schemaVersion : 3;
