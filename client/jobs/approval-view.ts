import type { ApprovalFacts } from '../../workflows/contracts/approval.ts';

/** What `status` and `list` say of an approval. */
export interface ApprovalView {
  /** `expired`: a draft, or returned minutes, that nobody is waited for any more. They can be approved all the same. */
  readonly state: ApprovalFacts['state'] | 'expired';
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
  const isOver = until !== null && Date.parse(until) <= now.getTime();
  return { state: isOver ? 'expired' : state, since, until, remindedAt, filesSha256 };
}

/** Whether a person is waited for. */
export const waitsForPerson = (view: ApprovalView | null): boolean =>
  view !== null && view.until !== null && (view.state === 'draft' || view.state === 'returned');
