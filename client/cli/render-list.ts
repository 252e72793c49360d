import { clock } from '../../workflows/contracts/clock.ts';
import { approvalWords } from '../jobs/approval-view.ts';
import type { FoundListedJob, ListedJob } from '../jobs/listed-job.ts';

/** One line per job: id, status, day, length, title. */
export function listLines(jobs: readonly ListedJob[]): string[] {
  if (jobs.length === 0)
    return ['no jobs yet: npm run -s hansard -- submit FILE creates the first'];
  const table = jobs.map((job) => [
    job.id,
    statusOf(job),
    job.date ?? '-',
    job.durationSeconds === null ? '-' : clock(job.durationSeconds),
    printable(job.title ?? job.sourceName),
  ]);
  return aligned([['ID', 'STATUS', 'DATE', 'LENGTH', 'TITLE'], ...table]);
}

/** `completed`, `partial`, `partial draft`, `approved`, … */
function statusOf({ status, result, approval }: ListedJob): string {
  if (status !== 'completed' && status !== 'waiting') return status;
  const words = [
    ...(result === 'partial' ? ['partial'] : []),
    ...(approval === null ? [] : [approvalWords(approval)]),
  ];
  return words.length === 0 ? status : words.join(' ');
}

/** The same, and below each job the line in which a word was found, cut around it. */
export function foundLines(jobs: readonly FoundListedJob[]): string[] {
  if (jobs.length === 0) return ['no job has all of these words'];
  const [head = '', ...rows] = listLines(jobs);
  return [head, ...rows.flatMap((row, index) => [row, `    ${around(jobs[index])}`])];
}

function around(job: FoundListedJob | undefined): string {
  if (job === undefined) return '';
  const from = Math.max(0, job.foundAt - EXCERPT / 3);
  const text = printable(job.found);
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
