import type { JobRow } from '../../adapters/database/job-library.ts';
import type { Degradation, Progress } from '../../workflows/contracts/jobs.ts';
import type { Stage } from '../../workflows/contracts/names.ts';
import type { ApprovalView } from './approval-view.ts';

/** What `status --json` prints. */
export interface JobStatus {
  readonly id: string;
  readonly status: 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled';
  /** `approval`: the run has ended, and its minutes are a draft, or were returned. */
  readonly waitingFor: null | 'budget' | 'provider' | 'approval';
  /** Of the minutes that can be read, once the run has ended: also where a retry failed or was cancelled. */
  readonly result: null | 'complete' | 'partial';
  /** Of the minutes that can be read, once the run has ended; null: nobody is asked for it. */
  readonly approval: ApprovalView | null;
  /** The current or last stage; null when unknown. */
  readonly stage: Stage | null;
  /** Null when Temporal has forgotten the run, or no worker answers. */
  readonly chunks: {
    readonly done: number | null;
    readonly total: number | null;
    /** There may be more than `total`, because the recording is still being prepared. Absent: these are all. */
    readonly isAtLeast?: true;
  };
  readonly degradations: readonly Degradation[];
  /** Null until there is a price book. */
  readonly costUsd: number | null;
}

/** A status, with the details that a person sees. */
export interface JobView {
  readonly status: JobStatus;
  /** Failure type; null unless failed. */
  readonly failure: string | null;
  /** What failed, and what to do; null unless the row has it. */
  readonly failureMessage: string | null;
  /** Null when no worker answers. */
  readonly progress: Progress | null;
}

/** Whether the run has ended. */
export const hasEnded = ({
  status,
  waitingFor,
}: {
  readonly status: JobStatus['status'] | JobRow['status'];
  readonly waitingFor?: JobStatus['waitingFor'];
}): boolean =>
  status === 'completed' ||
  status === 'failed' ||
  status === 'cancelled' ||
  waitingFor === 'approval';

/** `NoSpeech: the recording holds no speech …`. */
export const failureText = ({
  failure,
  failureMessage,
}: Pick<JobView, 'failure' | 'failureMessage'>): string | null =>
  failure === null || failureMessage === null ? failure : `${failure}: ${failureMessage}`;
