import {
  Kysely,
  PostgresDialect,
  sql,
  type ColumnType,
  type Generated,
  type PostgresPool,
} from 'kysely';
import pg from 'pg';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';
import type { LedgerState } from '../paid-call/ledger.ts';
import type { JobRow } from './job-library.ts';

export type Database = Kysely<DatabaseTables>;

/** The server is down, the database is missing or access is denied. The message names host, port, database and remedy, never the password. */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';
}

/** A connection pool that connects at the first query. `destroy()` closes it. */
export function createDatabase({
  url,
  maxConnections,
}: {
  url: string;
  maxConnections: number;
}): Database {
  const place = placeOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    // Long enough for a busy pool, short enough to report a dead server.
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser },
  });
  // The pool removes an idle connection that breaks; the next query opens another, or reports why it cannot.
  pool.on('error', () => {});

  const poolWithPlainErrors: PostgresPool = {
    options: pool.options,
    end: async () => {
      await pool.end();
    },
    connect: async () => {
      try {
        return await pool.connect();
      } catch (error) {
        throw unreachable(place, error);
      }
    },
  };
  return new Kysely<DatabaseTables>({
    dialect: new PostgresDialect({ pool: poolWithPlainErrors }),
  });
}

/** Throws `DatabaseUnreachableError` unless the server answers. */
export async function checkDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db);
}

/** Dates stay text: as a Date they would be midnight in some time zone. */
const getTypeParser: typeof pg.types.getTypeParser = (type, format) =>
  type === pg.types.builtins.DATE
    ? (value: unknown) => value
    : pg.types.getTypeParser(type, format);

function placeOf(url: string): string {
  try {
    const { protocol, hostname, port, pathname } = new URL(url);
    if (!/^postgres(ql)?:$/.test(protocol)) throw new TypeError('another protocol');
    return `${hostname || 'localhost'}:${port || '5432'}${pathname}`;
  } catch {
    // The message omits the URL, which may contain the password.
    throw new DatabaseUnreachableError(
      'DATABASE_URL must have the form postgres://user:password@host:port/database.',
    );
  }
}

function unreachable(place: string, error: unknown): DatabaseUnreachableError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [fault, remedy] = FAULTS[code] ?? [
    `it cannot be reached (${code || 'no answer in time'})`,
    'Start it, or correct DATABASE_URL.',
  ];
  return new DatabaseUnreachableError(`the database at ${place}: ${fault}. ${remedy}`, {
    cause: error,
  });
}

const CREDENTIALS = [
  'it rejects the user or the password',
  'Correct them in DATABASE_URL.',
] as const;

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FAULTS: Readonly<Record<string, readonly [fault: string, remedy: string]>> = {
  '28P01': CREDENTIALS,
  '28000': CREDENTIALS,
  '3D000': ['there is no such database', 'Create it, or correct DATABASE_URL.'],
  '53300': ['it has no connection left', 'Raise its max_connections, or run fewer workers.'],
};

/** The tables that the migrations create. Dates without a time are text: `2026-03-02`. */
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
  /** The latest submission: later than `created_at` when the job was submitted again. */
  submitted_at: Generated<Date>;
  started_at: Date | null;
  ended_at: Date | null;
}

/** Which jobs need a recording: it may be erased when its last reference is gone. */
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
  /** Null once the entry has ended. */
  lease_until: Date | null;
  verdict: VerdictKind | null;
  /** Finds work in the provider's queue. The driver reads it as JSON. */
  ticket: ColumnType<unknown, string | null, string | null>;
  /** bigint: the driver returns it as text. */
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
