import type { ColumnType, Generated } from 'kysely';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';
import type { LedgerState } from '../paid-call/ledger.ts';
import type { JobRow } from './job-library.ts';

/** The tables as the migrations make them. Dates without a time are text: `2026-03-02`. */
export interface DatabaseTables {
  readonly job: JobTable;
  readonly source_ref: SourceReferenceTable;
  readonly ledger_entry: LedgerEntryTable;
}

interface JobTable {
  tenant: string;
  id: string;
  kind: JobRow['kind'];
  workflow_id: string;
  run_id: string | null;
  status: JobRow['status'];
  result: JobRow['result'];
  failure: string | null;
  failure_message: string | null;
  title: string | null;
  meeting_date: string | null;
  language: string | null;
  duration_seconds: number | null;
  source_sha256: string;
  source_name: string;
  minutes_key: string | null;
  /** JSON: written as text, read parsed. */
  degradations: ColumnType<readonly Degradation[], string | undefined, string>;
  search_text: string | null;
  created_at: Generated<Date>;
  /** The latest submission: a job that runs anew is as young as that. */
  submitted_at: Generated<Date>;
  started_at: Date | null;
  ended_at: Date | null;
}

/** Who still needs a recording: it may be erased when its last reference is gone. */
interface SourceReferenceTable {
  tenant: string;
  source_sha256: string;
  job_id: string;
  created_at: Generated<Date>;
}

interface LedgerEntryTable {
  tenant: string;
  id: Generated<string>;
  job_id: string;
  account: 'job' | 'warm-up';
  role: Role;
  work_key: string;
  call_key: string;
  ordinal: number;
  target: string;
  model: string;
  state: LedgerState;
  /** Null once the entry has come to its end. */
  lease_until: Date | null;
  verdict: VerdictKind | null;
  /** Of work that the provider has queued. The driver reads it as JSON. */
  ticket: ColumnType<unknown, string | null, string | null>;
  /** bigint: the driver hands it out as text. */
  input_tokens: ColumnType<string | null, number | null, number | null>;
  output_tokens: ColumnType<string | null, number | null, number | null>;
  audio_seconds: number | null;
  images: number | null;
  compute_seconds: number | null;
  nano_dollars: ColumnType<string | null, never, never>;
  price_version: string | null;
  created_at: Generated<Date>;
  sending_at: Date | null;
  settled_at: Date | null;
}
