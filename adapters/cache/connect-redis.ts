import { setTimeout as sleep } from 'node:timers/promises';
import { ClientClosedError, ClientOfflineError, createClient, ErrorReply, RESP_TYPES } from 'redis';
import { placeOf } from '../settings/environment.ts';

interface RedisOptions {
  /** Called once when Redis goes down and once when it is back, with the place and the reason, never the password. */
  readonly log?: (message: string) => void;
  /** Default 500 ms: a Redis in the same network answers in 1 ms, and paid work must not wait for it. */
  readonly commandTimeoutMs?: number;
  /** A connection without a byte for that long is broken, even if TCP has not noticed. Default 5 s. */
  readonly silenceMs?: number;
  /** How long `connectRedis` waits for the first connection. Default 2 s. */
  readonly firstConnectionMs?: number;
}

/** Text is sent and returned as UTF-8; bytes unchanged. */
type RedisText = string | Uint8Array;

interface ScriptInput {
  readonly keys: readonly string[];
  readonly arguments: readonly RedisText[];
}

/**
 * One connection for the whole process, shared by everything that uses Redis. Commands throw only `RedisError`; none
 * waits longer than the command timeout, and while Redis is down they fail at once. Stored data can disappear at any
 * time: evicted, or lost in a restart.
 */
export type RedisConnection = Awaited<ReturnType<typeof connectRedis>>;

/**
 * Connects to `redis://[user][:password]@host:port[/database]`, or `rediss://` for TLS; Redis 6 or newer, one server
 * (not a cluster). Returns once connected, or after `firstConnectionMs` without a connection: a Redis that is down is
 * not an error. The client keeps trying to connect (about every 2 s) and uses Redis as soon as it is up.
 *
 * Guarantees: a command without an answer within `commandTimeoutMs` throws, and from then on all commands throw at once
 * until Redis answers again, so a hanging Redis costs one wait, not one for each command. Nothing is queued while Redis
 * is down, and nothing is sent twice.
 */
export async function connectRedis(url: string, options: RedisOptions = {}) {
  const place = placeOf(url, '6379');
  const { log = () => {}, commandTimeoutMs = 500, firstConnectionMs = 2_000 } = options;
  const { silenceMs = 5_000 } = options;
  const client = createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_RUNNING_COMMANDS,
    // Ours is below. The client's own is an AbortSignal for each command that lives for 5 s, answered or not.
    commandOptions: { timeout: 0 },
    // Two pings in that time: a connection that works is never silent.
    pingInterval: silenceMs / 2.5,
    // Redis Enterprise only.
    maintNotifications: 'disabled',
    socket: { connectTimeout: 2_000, socketTimeout: silenceMs, reconnectStrategy: backOffMs },
  });
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  let overdue = 0;
  const isReady = () => client.isReady && overdue === 0;

  let down = false;
  client.on('error', (error: unknown) => {
    if (!down) log(`Redis at ${place} is down (${reasonOf(error)}); continuing without it`);
    down = true;
  });
  client.on('ready', () => {
    if (down) log(`Redis at ${place} is back`);
    down = false;
  });

  const command = async <T>(send: () => Promise<T>): Promise<T> => {
    if (!isReady()) throw new RedisError('offline', `Redis at ${place} is down`);
    const sent = send();
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    let answered = false;
    const giveUp = () => {
      if (answered) return;
      overdue += 1;
      // A late answer or the end of the connection: either way the command no longer waits.
      const settled = () => void (overdue -= 1);
      sent.then(settled, settled);
      const message = `Redis at ${place} gave no answer within ${commandTimeoutMs} ms`;
      reject(new RedisError('timeout', message));
    };
    // After our own event loop was blocked, the timer fires before answers that already arrived are read: read them first.
    const timer = setTimeout(() => setImmediate(() => setImmediate(giveUp)), commandTimeoutMs);
    try {
      return await Promise.race([sent, tooLate]);
    } catch (error) {
      throw toRedisError(error, place);
    } finally {
      answered = true;
      clearTimeout(timer);
    }
  };

  // A failure of the first attempt is logged like any other.
  const connecting = client.connect().catch(() => undefined);
  await Promise.race([connecting, sleep(firstConnectionMs, undefined, { ref: false })]);

  return {
    /** False while Redis is down or has not answered a command in time: commands then fail at once. */
    isReady,
    get: (key: string): Promise<string | null> => command(() => client.get(key)),
    getBytes: (key: string): Promise<Uint8Array | null> => command(() => bytes.get(key)),
    /**
     * Without `ttlMs` the key lives until it is deleted or evicted. With `onlyIfAbsent` an existing key is not changed;
     * the result is then false.
     */
    set: async (
      key: string,
      value: RedisText,
      { ttlMs, onlyIfAbsent = false }: { ttlMs?: number; onlyIfAbsent?: boolean } = {},
    ): Promise<boolean> => {
      const answer = await command(() =>
        client.set(key, toArgument(value), {
          ...(ttlMs !== undefined && { expiration: { type: 'PX', value: Math.ceil(ttlMs) } }),
          ...(onlyIfAbsent && { condition: 'NX' }),
        }),
      );
      return answer === 'OK';
    },
    /** Returns how many of the keys existed. */
    del: async (keys: readonly string[]): Promise<number> =>
      keys.length === 0 ? 0 : command(() => client.del([...keys])),
    /** Runs Lua atomically. Returns Lua's numbers as integers, strings as text, nil and false as null, tables as arrays. */
    eval: (script: string, given: ScriptInput): Promise<unknown> =>
      command(() => client.eval(script, toRequest(given))),
    /** The same with strings as bytes. */
    evalBytes: (script: string, given: ScriptInput): Promise<unknown> =>
      command(() => bytes.eval(script, toRequest(given))),
    /** Keys that match the glob, in batches: every key that exists throughout the scan, some perhaps twice. */
    scan: async function* (glob: string): AsyncGenerator<readonly string[]> {
      let cursor = '0';
      do {
        const page = await command(() => client.scan(cursor, { MATCH: glob, COUNT: SCAN_COUNT }));
        if (page.keys.length > 0) yield page.keys;
        ({ cursor } = page);
      } while (cursor !== '0');
    },
    /** Closes the connection; running commands fail. */
    close: (): void => {
      if (client.isOpen) client.destroy();
    },
  };
}

/** More than any process needs at once, few enough to hold in memory while Redis hangs. */
const MOST_RUNNING_COMMANDS = 2_000;
/** Keys per SCAN. Each blocks Redis for about 0.1 ms. */
const SCAN_COUNT = 500;

/** 50, 100, 200 ms … 2 s, plus up to a fifth so that processes do not reconnect simultaneously. */
const backOffMs = (retries: number) =>
  Math.min(2_000, 50 * 2 ** Math.min(retries, 10)) * (1 + Math.random() / 5);

const toRequest = ({ keys, arguments: given }: ScriptInput) => ({
  keys: [...keys],
  arguments: given.map(toArgument),
});

const toArgument = (value: RedisText) =>
  typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);

/** A command is not known to have succeeded. The message names host and port, never a password, key or value. */
class RedisError extends Error {
  override readonly name = 'RedisError';
  /**
   * - `offline`: not connected, closed, or too many commands are running. Nothing was sent.
   * - `timeout`: no answer in time. Redis may still execute it.
   * - `broken`: the connection ended before the answer. Redis may have executed it.
   * - `refused`: Redis answered with an error.
   */
  readonly code: 'offline' | 'timeout' | 'broken' | 'refused';

  constructor(code: RedisError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

function toRedisError(error: unknown, place: string): RedisError {
  if (error instanceof RedisError) return error;
  const neverSent = error instanceof ClientOfflineError || error instanceof ClientClosedError;
  // The client has no class for a full queue.
  if (neverSent || (error instanceof Error && error.message === 'The queue is full')) {
    return new RedisError('offline', `Redis at ${place} is down`, { cause: error });
  }
  const [code, fault] =
    error instanceof ErrorReply
      ? (['refused', `Redis at ${place} refused a command`] as const)
      : (['broken', `the connection to Redis at ${place} ended`] as const);
  return new RedisError(code, `${fault} (${reasonOf(error)})`, { cause: error });
}

/** A word or two; never the error's own message, which could quote the command. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Redis's own errors begin with a code: WRONGPASS, NOAUTH, LOADING, OOM.
  const prefix = /^[A-Z]{2,}(?= )/.exec(error.message)?.[0];
  return prefix ?? error.constructor.name;
}
