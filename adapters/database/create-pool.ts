import { Socket } from 'node:net';
import type { PostgresCursor, PostgresPool, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { preparedName } from './prepared-statement.ts';
import { placeOf } from '../settings/environment.ts';

/**
 * The server is down or silent, the database is missing or access is denied. The message names host, port, database and
 * remedy, never the password.
 */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError';
}

export interface PoolOptions {
  readonly url: string;
  readonly maxConnections: number;
  /**
   * How long a query may take, the way there and back included. Default 8 s: far above any query of ours, and a lease of
   * 30 s, renewed every 10 s, survives one renewal that gets no answer.
   */
  readonly queryDeadlineMs?: number | undefined;
}

/**
 * Connections that are opened when they are needed. A connection whose query got no answer is closed, and idle ones never
 * grow older than the deadline: so at the first retry every connection is one that has answered since, or a new one.
 */
export function createPool({
  url,
  maxConnections,
  queryDeadlineMs = 8_000,
}: PoolOptions): PostgresPool {
  const place = placeOf(url, '5432');
  const sockets = new Set<Socket>();
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    // Long enough for a busy pool, short enough to report a dead server.
    connectionTimeoutMillis: 10_000,
    query_timeout: queryDeadlineMs,
    idleTimeoutMillis: queryDeadlineMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    types: { getTypeParser },
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  });
  let arePrepared = true;
  // The pool removes an idle connection that breaks; the next query opens another, or reports why it cannot.
  pool.on('error', () => {});

  return {
    options: pool.options,
    end: async () => {
      await pool.end();
      // A silent server never confirms the end, and an open socket would keep the process.
      for (const socket of sockets) socket.destroySoon();
    },
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw unreachable(place, error);
      });
      let isSilent = false;
      function query<R>(
        text: string,
        parameters: readonly unknown[],
      ): Promise<PostgresQueryResult<R>>;
      function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
      function query(text: unknown, parameters: readonly unknown[] = []): unknown {
        if (typeof text !== 'string') throw new TypeError('Kysely is given no cursor here');
        const plain = { text, values: [...parameters] };
        const name = arePrepared ? preparedName(text) : undefined;
        const asked = client.query(name === undefined ? plain : { ...plain, name });
        return asked.catch(async (error: unknown) => {
          if (name !== undefined && isLostStatement(error)) {
            arePrepared = false;
            return await client.query(plain);
          }
          if (!isOverdue(error)) throw error;
          isSilent = true;
          throw silent(place, queryDeadlineMs, error);
        });
      }
      return {
        query,
        release: (destroy) => client.release(destroy === true || isSilent),
      };
    },
  };
}

/** After this long without traffic the kernel asks whether the other side is still there: routers forget after minutes. */
export const KEEP_ALIVE_MS = 10_000;

/** Dates stay text: as a Date they would be midnight in some time zone. */
const getTypeParser: typeof pg.types.getTypeParser = (type, format) =>
  type === pg.types.builtins.DATE
    ? (value: unknown) => value
    : pg.types.getTypeParser(type, format);

/**
 * A pooler gave the connection to another server process, which does not have the statement, or has it already (SQLSTATE
 * 26000, 42P05). Nothing was done.
 */
const isLostStatement = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '26000' || error.code === '42P05');

/** pg gives this error no code. */
const isOverdue = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

const silent = (place: string, deadlineMs: number, cause: unknown): DatabaseUnreachableError =>
  new DatabaseUnreachableError(
    `the database at ${place}: it gave no answer within ${deadlineMs / 1000} s. Check the network and the server's load.`,
    { cause },
  );

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
