import { Kysely, PostgresDialect, sql, type PostgresPool } from 'kysely';
import pg from 'pg';
import type { DatabaseTables } from './database-tables.ts';

export type Database = Kysely<DatabaseTables>;

/** No server, no database, or no way in. The message names host, port, database and remedy; never the password. */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';
}

/** A pool that connects when it is first asked. `destroy()` closes it. */
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
    // Long enough for a busy pool, short enough to name a dead server.
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser },
  });
  // An idle connection that breaks leaves the pool; the next query opens another, or says why it cannot.
  pool.on('error', () => {});

  const named: PostgresPool = {
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
  return new Kysely<DatabaseTables>({ dialect: new PostgresDialect({ pool: named }) });
}

/** Throws `DatabaseUnreachableError` unless the server answers. */
export async function checkDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db);
}

/** A day is text, not midnight somewhere. */
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
    // Without its text, which may hold the password.
    throw new DatabaseUnreachableError(
      'DATABASE_URL is not of the form postgres://user:password@host:port/database. Correct it.',
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
  'it refuses the user or the password',
  'Correct them in DATABASE_URL.',
] as const;

/** By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FAULTS: Readonly<Record<string, readonly [fault: string, remedy: string]>> = {
  '28P01': CREDENTIALS,
  '28000': CREDENTIALS,
  '3D000': ['there is no such database', 'Create it, or correct DATABASE_URL.'],
  '53300': ['it has no connection left', 'Raise its max_connections, or run fewer workers.'],
};
