import { randomUUID } from 'node:crypto';
import { addAbortListener } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import type { Database } from './create-database.ts';
import { KEEP_ALIVE_MS } from './create-pool.ts';

/** Notices of one channel of Postgres, as long as they come. */
export interface Notices {
  /** False: some may have been lost since, and none is sure to come. */
  readonly areHeard: () => boolean;
  readonly close: () => Promise<void>;
}

/**
 * Hears a channel (LISTEN) on a connection of its own, and connects again when that is lost. Never throws. A notice of its
 * own, sent through the pool, must arrive first: behind a pooler that gives out connections by the transaction none ever
 * does, and then nothing is heard.
 *
 * @param onNotice also called when notices are lost
 */
export function hearNotices(
  { url, db }: { readonly url: string; readonly db: Database },
  channel: string,
  onNotice: () => void,
): Notices {
  const closing = new AbortController();
  let areHeard = false;

  /** Until the connection is lost. */
  const hear = async (): Promise<void> => {
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      stream: () => socket,
    });
    const lost = Promise.withResolvers<void>();
    const lose = (): void => {
      areHeard = false;
      onNotice();
      lost.resolve();
    };
    const own = randomUUID();
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', ({ payload }) => {
      if (payload === own) areHeard = true;
      onNotice();
    });
    using _listener = addAbortListener(closing.signal, lose);
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
      await sql`select pg_notify(${channel}, ${own})`.execute(db);
      const late = sleep(ANSWER_MS, undefined, { signal: closing.signal, ref: false });
      await Promise.race([lost.promise, late.catch(() => undefined)]);
      if (areHeard) await lost.promise;
    } finally {
      lose();
      client.end().catch(() => undefined);
      // A silent server never confirms the end.
      socket.destroySoon();
    }
  };

  const hearing = (async () => {
    for (let pauseMs = FIRST_PAUSE_MS; !closing.signal.aborted; pauseMs *= 2) {
      const begun = performance.now();
      await hear().catch(() => undefined);
      if (performance.now() - begun > LONGEST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS;
      const waitMs = Math.min(pauseMs, LONGEST_PAUSE_MS);
      await sleep(waitMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    areHeard: () => areHeard,
    close: async () => {
      closing.abort();
      await hearing;
    },
  };
}

const ANSWER_MS = 5_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 60_000;
