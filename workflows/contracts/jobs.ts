import type { ApprovalFacts } from './approval.ts';
import type { Minutes } from './minutes.ts';
import type { Stage } from './names.ts';

/** Identifies a job in workflows. Titles, names and texts stay in `jobs/{id}/input.json`. */
export interface JobReference {
  readonly tenant: string;
  readonly jobId: string;
  /**
   * The first run of the workflow's chain: rows, claims and scratch belong to a run. Absent from inputs of older
   * histories, and where no run is meant.
   */
  readonly runId?: string;
  /** The change that a person asked for, where a summary is made anew for it: SHA-256. Absent: the job's own. */
  readonly revision?: string | undefined;
}

export type Degradation = Minutes['degradations'][number];

/** The workflow's result. */
export interface MinutesResult {
  readonly result: 'complete' | 'partial';
  readonly minutesKey: string;
  readonly degradations: number;
  /** Absent: nobody is asked for it. */
  readonly approval?: ApprovalFacts;
}

export type StageState =
  'waiting' | 'running' | 'done' | 'degraded' | 'skipped' | 'failed' | 'cancelled';

export interface ItemCount {
  readonly done: number;
  readonly total: number;
  /** There may be more than `total`: not all are known yet. Absent: these are all. */
  readonly isAtLeast?: true;
}

/** The answer of the `progress` query. */
export interface Progress {
  readonly stage: Stage;
  /** A stage that an older worker does not know is absent. */
  readonly stages: Readonly<Partial<Record<Stage, StageState>>>;
  readonly chunks: ItemCount;
  readonly sections: ItemCount;
  readonly degradations: readonly Degradation[];
  /** Targets that calls wait for although no worker serves them; absent in older workers' answers. */
  readonly unserved?: readonly string[];
}
