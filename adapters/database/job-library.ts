import type { Degradation } from '../../workflows/contracts/jobs.ts';

/** A row of the library; it outlives Temporal's retention. Meeting content (title, text) stays inside Postgres. */
export interface JobRow {
  readonly tenant: string;
  readonly id: string;
  readonly kind: 'minutes';
  readonly workflowId: string;
  readonly runId: string | null;
  readonly status: 'submitted' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly result: 'complete' | 'partial' | null;
  /** Failure type; null unless failed. */
  readonly failure: string | null;
  /** What failed, on what, and what to do; null unless failed. */
  readonly failureMessage: string | null;
  readonly title: string | null;
  readonly meetingDate: string | null;
  readonly language: string | null;
  readonly durationSeconds: number | null;
  readonly sourceSha256: string;
  readonly sourceName: string;
  readonly minutesKey: string | null;
  readonly degradations: readonly Degradation[];
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

type SubmittedJob = Pick<
  JobRow,
  'tenant' | 'id' | 'kind' | 'workflowId' | 'title' | 'meetingDate' | 'durationSeconds'
> &
  Pick<JobRow, 'sourceSha256' | 'sourceName'>;

export interface JobLibrary {
  /** Writes the row before the workflow starts; resets an existing row to `submitted` (the job runs again). */
  readonly submit: (row: SubmittedJob) => Promise<void>;
  readonly markRunning: (tenant: string, id: string, runId: string) => Promise<void>;
  readonly complete: (
    tenant: string,
    id: string,
    end: {
      status: 'completed' | 'failed' | 'cancelled';
      result: 'complete' | 'partial' | null;
      failure: { readonly type: string; readonly message: string } | null;
    },
  ) => Promise<void>;
  /** Facts from the rendered minutes, for the list and the search. */
  readonly publish: (
    tenant: string,
    id: string,
    facts: {
      title: string;
      meetingDate: string | null;
      language: string | null;
      durationSeconds: number;
      minutesKey: string;
      degradations: readonly Degradation[];
      searchText: string;
    },
  ) => Promise<void>;
  readonly find: (tenant: string, id: string) => Promise<JobRow | null>;
  /** By a prefix of 8 characters or more; several rows mean that the prefix is ambiguous. */
  readonly findByPrefix: (tenant: string, prefix: string) => Promise<readonly JobRow[]>;
  /** Newest first. */
  readonly list: (
    tenant: string,
    options: { limit: number; status?: JobRow['status'] },
  ) => Promise<readonly JobRow[]>;
  /** Rows of all tenants that are marked submitted or running and were submitted earlier: `sweep` checks them in Temporal. */
  readonly listOpen: (before: Date) => Promise<readonly JobRow[]>;
}
