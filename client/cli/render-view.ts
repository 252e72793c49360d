import { clock } from '../../workflows/contracts/clock.ts';
import { countText } from '../../workflows/contracts/count-text.ts';
import type { Degradation, StageState } from '../../workflows/contracts/jobs.ts';
import { STAGES, type Stage } from '../../workflows/contracts/names.ts';
import { failureText, hasEnded, type JobStatus, type JobView } from '../jobs/job-view.ts';
import { minute } from './minute.ts';
import { approvalEndText } from './render-approval.ts';

/**
 * A heading, a line per stage, the degradations. While a job runs, the seconds for which it has been watched show that the
 * display is alive.
 */
export function statusBlock(view: JobView, watchedSeconds?: number): string[] {
  const { status, progress } = view;
  const watched =
    watchedSeconds === undefined || hasEnded(status) ? '' : `  ${clock(watchedSeconds)}`;
  const stages =
    progress === null
      ? []
      : STAGES.flatMap((stage) => {
          const state = progress.stages[stage];
          return state === undefined
            ? []
            : `  ${stage.padEnd(11)} ${stageText(view, stage, state)}`;
        });
  return [`${status.id}  ${headline(view)}${watched}`, ...stages, ...noteLines(view)];
}

/** What has changed since the last view, for a log; empty when nothing has. */
export function plainLines(before: JobView | null, now: JobView): string[] {
  const lines: string[] = [];
  if (before === null || headline(before) !== headline(now)) lines.push(headline(now));
  const known = new Set(before === null ? [] : noteLines(before));
  lines.push(...noteLines(now).filter((line) => !known.has(line)));
  return lines;
}

/** One line: `running: transcribe, 5 of 12 chunks`. */
export function headline(view: JobView): string {
  const { status } = view;
  const failure = failureText(view);
  switch (status.status) {
    case 'queued':
      return 'queued: no worker has picked it up yet';
    case 'running':
      return status.stage === null
        ? 'running: no worker answers at the moment'
        : `running: ${status.stage}${chunksText(status)}`;
    case 'waiting':
      if (status.waitingFor === 'approval') return approvalText(status);
      return `waiting for the ${status.waitingFor ?? 'provider'}: ${status.stage ?? 'unknown'}${chunksText(status)}`;
    case 'completed':
      return ['completed', ...endText(status)].join(': ');
    case 'failed':
      return `failed${failure === null ? '' : `: ${failure}`}${keptText(status)}`;
    case 'cancelled':
      return `cancelled${keptText(status)}`;
  }
}

/** What is to be said of minutes that nobody is waited for. */
function endText({ result, approval }: JobStatus): string[] {
  const words = [
    ...(result === 'partial' ? ['partial minutes'] : []),
    ...(approval === null ? [] : [approvalEndText(approval)]),
  ];
  return words.length === 0 ? [] : [words.join(', ')];
}

/** `waiting for approval until 2026-12-07 10:00 (UTC): complete minutes can be read`. */
function approvalText({ approval, result }: JobStatus): string {
  const { state = 'draft', until = null, remindedAt = null } = approval ?? {};
  const time = until === null ? '' : ` until ${minute(until)}`;
  return state === 'returned'
    ? `returned: waiting for a correction${time}`
    : `waiting for approval${time}${remindedAt === null ? '' : ', reminded'}: ${result ?? 'no'} minutes can be read`;
}

/** Minutes outlive a retry that ends without any. */
const keptText = ({ result }: JobStatus): string =>
  result === null ? '' : `; ${result} minutes can still be read`;

/** `5 of 12 chunks`, in the stage that sends them. */
function chunksText({ stage, chunks }: JobStatus): string {
  const { done, total } = chunks;
  return stage === 'transcribe' && total !== null && total > 0
    ? `, ${countText({ ...chunks, done: done ?? 0, total })} chunks`
    : '';
}

function stageText({ progress }: JobView, stage: Stage, state: StageState): string {
  const counted = countOf(progress, stage);
  if (counted === null || state === 'waiting' || counted.total === 0) return state;
  const { done, total, of } = counted;
  return `${state.padEnd(9)} ${bar(done, total)} ${countText(counted)} ${of}`;
}

function countOf(progress: JobView['progress'], stage: Stage) {
  if (progress === null) return null;
  if (stage === 'transcribe') return { ...progress.chunks, of: 'chunks' };
  return stage === 'summarize' ? { ...progress.sections, of: 'sections' } : null;
}

/** Cells of a bar: leaves room for the words in 80 columns. */
const BAR_CELLS = 24;

export function bar(done: number, total: number): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const full = Math.floor(share * BAR_CELLS);
  return '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
}

/** The degradations, and the targets whose calls no worker takes. */
const noteLines = ({ status, progress }: JobView): string[] => [
  ...status.degradations.map(degradationLine),
  ...(progress?.unserved ?? []).map((target) => `  ! no worker serves ${target}`),
];

function degradationLine({ level, role, target, spans, reason }: Degradation): string {
  const by = target === null ? '' : ` by ${target}`;
  // A transcript without times has spans without times.
  const where = spans
    .flatMap(({ start, end }) =>
      start === null || end === null ? [] : [`${clock(start)}-${clock(end)}`],
    )
    .join(', ');
  return `  ! ${role}: ${level}${by} (${reason})${where === '' ? '' : ` at ${where}`}`;
}
