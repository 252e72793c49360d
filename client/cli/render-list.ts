import type { JobRow } from '../../adapters/database/job-library.ts';
import type { FoundJob } from '../../adapters/database/search-jobs.ts';
import { clock } from '../../workflows/contracts/clock.ts';
import { approvalView, approvalWords } from '../jobs/approval-view.ts';

/** One line per job: id, status, day, length, title. */
export function listLines(rows: readonly JobRow[], now = new Date()): string[] {
  if (rows.length === 0)
    return ['no jobs yet: npm run -s hansard -- submit FILE creates the first'];
  const table = rows.map((row) => [
    row.id,
    statusOf(row, now),
    row.meetingDate ?? '-',
    row.durationSeconds === null ? '-' : clock(row.durationSeconds),
    printable(row.title ?? row.sourceName),
  ]);
  return aligned([['ID', 'STATUS', 'DATE', 'LENGTH', 'TITLE'], ...table]);
}

/** `completed`, `partial`, `partial draft`, `approved`, … */
function statusOf({ status, result, approval }: JobRow, now: Date): string {
  if (status !== 'completed') return status;
  const view = approvalView(approval, now);
  const words = [
    ...(result === 'partial' ? ['partial'] : []),
    ...(view === null ? [] : [approvalWords(view)]),
  ];
  return words.length === 0 ? status : words.join(' ');
}

/** The same, and below each job the line in which a word was found, cut around it. */
export function foundLines(jobs: readonly FoundJob[]): string[] {
  if (jobs.length === 0) return ['no job has all of these words'];
  const [head = '', ...rows] = listLines(jobs.map(({ job }) => job));
  return [head, ...rows.flatMap((row, index) => [row, `    ${around(jobs[index]?.found)}`])];
}

function around(found: FoundJob['found'] | undefined): string {
  if (found === undefined) return '';
  const from = Math.max(0, found.at - EXCERPT / 3);
  const text = printable(found.line);
  const excerpt = text.slice(from, from + EXCERPT);
  return `${from > 0 ? '…' : ''}${excerpt}${from + EXCERPT < text.length ? '…' : ''}`;
}

/** Characters of a line that are shown. */
const EXCERPT = 90;

/** Pads every column but the last to its widest cell. */
export function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((cells) => (cells[column] ?? '').length)),
  );
  return table.map((cells) =>
    cells
      .map((cell, column) =>
        column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/**
 * Titles are users' input: control characters, which could steer the terminal, become spaces, and so do the ones that
 * embed, override or isolate a direction and would turn the rest of the line around.
 */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, ' ');
