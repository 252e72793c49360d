import type { ApprovalFacts } from '../../workflows/contracts/approval.ts';

/** What `status` and `list` say of an approval. */
export interface ApprovalView {
  readonly state: ApprovalFacts['state'];
  /** A draft, or returned minutes, whose time is over: nobody is waited for, and what can come next stays. */
  readonly isExpired: boolean;
  readonly since: string;
  readonly until: string | null;
  /** When a draft had waited for a day; null: it has not, or was not. */
  readonly remindedAt: string | null;
  /** Of `approved.sha256`; null unless approved. */
  readonly filesSha256: string | null;
}

/** Null: nobody is asked for approval. */
export function approvalView(approval: ApprovalFacts | null, now: Date): ApprovalView | null {
  if (approval === null) return null;
  const { state, since, until, remindedAt = null, filesSha256 = null } = approval;
  const isExpired = until !== null && Date.parse(until) <= now.getTime();
  return { state, isExpired, since, until, remindedAt, filesSha256 };
}

/** Whether a person is waited for. */
export const waitsForPerson = (view: ApprovalView | null): boolean =>
  view !== null && view.until !== null && !view.isExpired;

/** For a column: `draft`, `draft (reminded)`, `returned (expired)`, `approved`. */
export function approvalWords({ state, isExpired, remindedAt }: ApprovalView): string {
  if (isExpired) return `${state} (expired)`;
  return state === 'draft' && remindedAt !== null ? `${state} (reminded)` : state;
}
