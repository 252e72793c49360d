import {
  CamelCasePlugin,
  Kysely,
  PostgresDialect,
  sql,
  type ColumnType,
  type Generated,
  type PostgresPool,
} from 'kysely';
import pg from 'pg';
import type { Degradation } from '../../workflows/contracts/jobs.ts';
import type { Usage } from '../../workflows/contracts/stored-results.ts';
import type { Role } from '../../workflows/contracts/targets.ts';
import type { VerdictKind } from '../../workflows/contracts/verdicts.ts';
import type { LedgerState } from '../paid-call/ledger.ts';
import { placeOf } from '../settings/environment.ts';

export type Database = Kysely<DatabaseTables>;

/** The server is down, the database is missing or access is denied. The message names host, port, database and remedy, never the password. */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';
}

/** A connection pool that connects at the first query. `destroy()` closes it. */
export function createDatabase(options: { url: string; maxConnections: number }): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
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
        throw unreachable(placeOf(options.url, '5432'), error);
      }
    },
  };
  return new Kysely<DatabaseTables>({
    dialect: new PostgresDialect({ pool: poolWithPlainErrors }),
    // The queries say `createdAt`, the tables `created_at`. The members of JSON columns keep their names.
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
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

function unreachable(place: string, error: unknown): DatabaseUnreachableError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const says =
    FAULTS[code] ??
    `it cannot be reached (${code || 'no answer in time'}). Start it, or correct DATABASE_URL.`;
  return new DatabaseUnreachableError(`the database at ${place}: ${says}`, { cause: error });
}

const CREDENTIALS = 'it rejects the user or the password. Correct them in DATABASE_URL.';

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FAULTS: Readonly<Record<string, string>> = {
  '28P01': CREDENTIALS,
  '28000': CREDENTIALS,
  '3D000': 'there is no such database. Create it, or correct DATABASE_URL.',
  '53300': 'it has no connection left. Raise its max_connections, or run fewer workers.',
};

/** The tables that the migrations create. Dates without a time are text: `2026-03-02`. */
interface DatabaseTables {
  readonly job: JobTable;
  readonly sourceRef: SourceReferenceTable;
  readonly ledgerEntry: LedgerEntryTable;
}

export interface JobTable {
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
  /** JSON: written as text, read parsed. */
  readonly degradations: ColumnType<readonly Degradation[], string | undefined, string>;
  readonly searchText: string | null;
  readonly createdAt: Generated<Date>;
  /** The latest submission: later than `createdAt` when the job was submitted again. */
  readonly submittedAt: Generated<Date>;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** Which jobs need a recording: it may be erased when its last reference is gone. */
interface SourceReferenceTable {
  tenant: string;
  sourceSha256: string;
  jobId: string;
  createdAt: Generated<Date>;
}

export interface LedgerEntryTable extends Omit<Usage, 'inputTokens' | 'outputTokens'> {
  tenant: string;
  id: Generated<string>;
  jobId: string;
  account: 'job' | 'warm-up';
  role: Role;
  workKey: string;
  callKey: string;
  ordinal: number;
  target: string;
  model: string;
  state: LedgerState;
  /** Null once the entry has ended. */
  leaseUntil: Date | null;
  verdict: VerdictKind | null;
  /** Finds work in the provider's queue. The driver reads it as JSON. */
  ticket: ColumnType<unknown, string | null, string | null>;
  /** bigint: the driver returns it as text. */
  inputTokens: ColumnType<string | null, number | null, number | null>;
  outputTokens: ColumnType<string | null, number | null, number | null>;
  nanoDollars: ColumnType<string | null, never, never>;
  priceVersion: string | null;
  createdAt: Generated<Date>;
  sendingAt: Date | null;
  settledAt: Date | null;
}
