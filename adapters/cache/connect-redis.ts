import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientClosedError, ClientOfflineError, createClient, ErrorReply, RESP_TYPES } from 'redis';
import { RedisError, RedisSettingsError } from './redis-error.ts';
import type { RedisConnection, RedisText } from './redis-connection.ts';

export interface RedisOptions {
  /** Told once when Redis goes away and once when it is back; says where and why, never the password. */
  readonly log?: (message: string) => void;
  /** Default 500 ms: a Redis of one's own network answers in one, and nothing that is paid for may hang on it. */
  readonly commandTimeoutMs?: number;
  /** How long to wait here for the first connection. Default 2 s. */
  readonly firstConnectionMs?: number;
}

/**
 * Connects to `redis://[user][:password]@host:port[/database]`, or `rediss://` for TLS; Redis 6 or newer, one server
 * (not a cluster). Answers once it is connected or `firstConnectionMs` have gone by, connected or not: a Redis that is
 * away is no error, it is looked for without end (every 2 s at the most) and used as soon as it is there.
 * Throws `RedisSettingsError`, without the URL's text.
 *
 * What a user may rely on: a command that is not answered within `commandTimeoutMs` throws, and from then on all
 * throw at once until Redis answers again, so that a hanging Redis costs one wait and not one for each. Nothing is
 * queued for a Redis that is away, and nothing is sent twice.
 */
export async function connectRedis(
  url: string,
  options: RedisOptions = {},
): Promise<RedisConnection> {
  const place = placeOf(url);
  const commandTimeoutMs = options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS;
  const client = createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_COMMANDS_UNDER_WAY,
    // A connection on which nothing comes for long is broken, whatever TCP believes; pings keep a sound one busy.
    pingInterval: 2_000,
    // Redis Enterprise only.
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: 2_000,
      socketTimeout: 5_000,
      reconnectStrategy: (retries) => backOffMs(retries),
    },
  });
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  let overdue = 0;
  const isReady = () => client.isReady && overdue === 0;
  announce(client, place, options.log ?? (() => {}));

  const command = async <T>(send: () => Promise<T>): Promise<T> => {
    if (!isReady()) throw new RedisError('offline', `Redis at ${place} is away`);
    const sent = send();
    try {
      return await withinMs(sent, commandTimeoutMs, () => {
        overdue += 1;
        // Answered late, or given up with its connection: either way there is news of Redis.
        const heard = () => void (overdue -= 1);
        sent.then(heard, heard);
        return new RedisError(
          'timeout',
          `Redis at ${place} gave no answer within ${commandTimeoutMs} ms`,
        );
      });
    } catch (error) {
      throw toRedisError(error, place);
    }
  };

  const del = (keys: readonly string[]) =>
    keys.length === 0 ? Promise.resolve(0) : command(() => client.del([...keys]));

  // The first attempt's failure is announced like any other.
  const connecting = client.connect().catch(() => undefined);
  const waiting = new AbortController();
  await Promise.race([
    connecting,
    sleep(options.firstConnectionMs ?? FIRST_CONNECTION_MS, undefined, {
      signal: waiting.signal,
    }).catch(() => undefined),
  ]);
  waiting.abort();

  return {
    isReady,
    get: (key) => command(() => client.get(key)),
    getBytes: (key) => command(() => bytes.get(key)),
    set: async (key, value, { ttlMs, onlyIfAbsent = false } = {}) => {
      const answer = await command(() =>
        client.set(key, toArgument(value), {
          ...(ttlMs !== undefined && { expiration: { type: 'PX', value: Math.ceil(ttlMs) } }),
          ...(onlyIfAbsent && { condition: 'NX' }),
        }),
      );
      return answer === 'OK';
    },
    del,
    eval: (script, given) =>
      command(() =>
        client.eval(script, {
          keys: [...given.keys],
          arguments: given.arguments.map(toArgument),
        }),
      ),
    scan: async function* (glob) {
      let cursor = '0';
      do {
        const page = await command(() => client.scan(cursor, { MATCH: glob, COUNT: SCAN_COUNT }));
        if (page.keys.length > 0) yield page.keys;
        ({ cursor } = page);
      } while (cursor !== '0');
    },
    close: () => {
      if (client.isOpen) client.destroy();
    },
  };
}

const COMMAND_TIMEOUT_MS = 500;
const FIRST_CONNECTION_MS = 2_000;
/** More than any process has calls under way, few enough to be held in memory while Redis hangs. */
const MOST_COMMANDS_UNDER_WAY = 2_000;
/** Keys that one SCAN looks at: Redis serves nobody else meanwhile, about 0.1 ms. */
const SCAN_COUNT = 500;

/** 50, 100, 200 ms … 2 s, and up to a fifth more so that processes do not come back in step. */
const backOffMs = (retries: number) => {
  const longestMs = 2_000;
  return Math.min(longestMs, 50 * 2 ** Math.min(retries, 10)) * (1 + Math.random() / 5);
};

const toArgument = (value: RedisText) =>
  typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);

/** Host, port and database, for messages. */
function placeOf(url: string): string {
  const parsed = URL.parse(url);
  if (
    parsed === null ||
    !/^rediss?:$/.test(parsed.protocol) ||
    !/^(\/\d*)?$/.test(parsed.pathname)
  ) {
    throw new RedisSettingsError(
      'REDIS_URL is not of the form redis://user:password@host:port/database. Correct it.',
    );
  }
  return `${parsed.hostname || 'localhost'}:${parsed.port || '6379'}${parsed.pathname}`;
}

function announce(client: EventEmitter, place: string, log: (message: string) => void) {
  let told: 'nothing' | 'away' | 'back' = 'nothing';
  client.on('error', (error: unknown) => {
    if (told === 'away') return;
    told = 'away';
    log(`Redis at ${place} is away (${reasonOf(error)}); going on without it`);
  });
  client.on('ready', () => {
    if (told === 'away') log(`Redis at ${place} is back`);
    told = 'back';
  });
}

/** A word or two; never the error's own text, which could quote what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Errors of Redis itself begin with one: WRONGPASS, NOAUTH, LOADING, OOM.
  const prefix = /^[A-Z]{2,}(?= )/.exec(error.message)?.[0];
  return prefix ?? error.constructor.name;
}

function toRedisError(error: unknown, place: string): RedisError {
  if (error instanceof RedisError) return error;
  const neverSent = error instanceof ClientOfflineError || error instanceof ClientClosedError;
  // The client has no class for it.
  if (neverSent || (error instanceof Error && error.message === 'The queue is full')) {
    return new RedisError('offline', `Redis at ${place} is away`, { cause: error });
  }
  const reason = reasonOf(error);
  return error instanceof ErrorReply
    ? new RedisError('refused', `Redis at ${place} refused a command (${reason})`, { cause: error })
    : new RedisError('broken', `the connection to Redis at ${place} ended (${reason})`, {
        cause: error,
      });
}

/** Throws what `late` makes when the answer takes longer. */
async function withinMs<T>(answer: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  let answered = false;
  const look = () => {
    if (!answered) reject(late());
  };
  // After a busy spell of our own the timer fires before answers are read that have long been there: read them first.
  const timer = setTimeout(() => setImmediate(() => setImmediate(look)), ms);
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    answered = true;
    clearTimeout(timer);
  }
}
