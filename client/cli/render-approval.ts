import type { ApprovalRequest } from '../../workflows/contracts/job-input.ts';
import type { ApprovalView } from '../jobs/approval-view.ts';
import { durationText } from '../duration.ts';
import type { ShownMinutes } from '../jobs/shown-minutes.ts';
import { minute } from './minute.ts';
import { printable } from './render-list.ts';

/** `a draft, expired since 2026-03-08 12:00 (UTC): it can be approved or returned all the same`. */
export function approvalEndText({ state, isExpired, until }: ApprovalView): string {
  if (state === 'approved') return 'approved';
  const all = state === 'draft' ? 'a draft' : 'returned';
  return isExpired && until !== null
    ? `${all}, expired since ${minute(until)}: ${LATE[state]}`
    : `${all}, not approved`;
}

const LATE = {
  draft: 'it can be approved or returned all the same',
  returned: 'a correction of it makes a draft again',
} as const;

/** What is told to whoever submits a job again, and asks for another approval of it. */
export function approvalStandsText(id: string, { asked, withinSeconds }: ApprovalRequest): string {
  const first = `${asked === null ? 'nobody by name' : printable(asked)}, with a deadline of ${durationText(withinSeconds)}`;
  return `--approve changes no job that exists: its first request stands, which asked ${first}; npm run -s hansard -- delegate ${id} NAME asks somebody else about a draft; the deadline stays, and a draft can be approved after it, too`;
}

/** How a version stands, and the commands that come next. */
export function approvalLines(
  { id, version, asked }: { id: string; version: number; asked: string | null },
  view: ApprovalView | null,
): string[] {
  switch (view?.state) {
    case undefined:
      return [];
    case 'approved':
      return [`it is approved: SHA-256 of its approved.sha256 ${view.filesSha256}`];
    case 'returned':
      return [
        `it is returned${timeText(view, 'it waits for a correction')}`,
        `correct it: npm run -s hansard -- result ${id} --out DIR, then npm run -s hansard -- edit ${id} DIR/minutes.json; that makes a draft again`,
      ];
    case 'draft':
      return [
        `it is a draft${timeText(view, asked === null ? 'it waits for approval' : `${printable(asked)} is asked to approve it`) || ': nobody has approved it'}`,
        `approve it: npm run -s hansard -- approve ${id} --version ${version}`,
        `or return it: npm run -s hansard -- return ${id} "what has to be corrected" --version ${version}`,
      ];
  }
}

/** Empty: nobody is waited for. */
function timeText({ state, isExpired, until }: ApprovalView, waits: string): string {
  if (until === null || state === 'approved') return '';
  return isExpired
    ? `, expired since ${minute(until)}: ${LATE[state]}`
    : `: ${waits} until ${minute(until)}`;
}

/** Of a version that a run made. */
export function notShownText(
  id: string,
  made: number,
  { version, stays }: Pick<ShownMinutes, 'version' | 'stays'>,
): string {
  const why =
    stays === null
      ? `version ${version} lacks less`
      : `version ${version} is ${stays}, and no run replaces it`;
  return `version ${made} was made, and is not shown: ${why}; npm run -s hansard -- result ${id} --version ${made} --out DIR writes its files`;
}
