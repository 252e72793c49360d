import { randomUUID } from 'node:crypto';
import type { RedisConnection } from './redis-connection.ts';

/**
 * How processes hear that a tenant was erased: Redis holds a random token for each tenant, an erasure replaces it, and
 * what was loaded under another one no longer counts. A token that Redis evicts or loses is replaced by a new one too,
 * so that loss empties memories and never revives an entry (as a counter that starts over would).
 */
export interface TenantGenerations {
  /** As Redis said within the last second; `anew`: as it says now. Never throws. */
  readonly current: (tenant: string, options?: { readonly anew?: boolean }) => Promise<Generation>;
  /** From now on nothing that was loaded before counts. Throws `RedisError`. */
  readonly renew: (tenant: string) => Promise<void>;
}

export interface Generation {
  /** The last one known here; null before any was. */
  readonly token: string | null;
  /** Whether Redis was asked within the last second. False while it is away, or where there is none. */
  readonly confirmed: boolean;
}

export function createTenantGenerations(options: {
  readonly redis: RedisConnection | null;
  readonly now: () => number;
}): TenantGenerations {
  const { redis, now } = options;
  const known = new Map<string, { readonly token: string; readonly askedAtMs: number }>();
  const asking = new Map<string, Promise<Generation>>();

  const remember = (tenant: string, token: string, askedAtMs: number) => {
    known.delete(tenant);
    known.set(tenant, { token, askedAtMs });
    const [oldest] = known.keys();
    if (known.size > MOST_TENANTS && oldest !== undefined) known.delete(oldest);
  };

  const ask = async (tenant: string): Promise<Generation> => {
    // The time before the question: what is said of now may be wrong when the answer is here.
    const askedAtMs = now();
    try {
      const token = await redis?.eval(CURRENT, {
        keys: [generationKey(tenant)],
        arguments: [randomUUID(), String(TOKEN_LIFE_MS)],
      });
      if (typeof token === 'string') {
        remember(tenant, token, askedAtMs);
        return { token, confirmed: true };
      }
    } catch {
      // Away: the connection has said so.
    }
    return { token: known.get(tenant)?.token ?? null, confirmed: false };
  };

  return {
    current: async (tenant, { anew = false } = {}) => {
      if (redis === null) return { token: null, confirmed: false };
      const last = known.get(tenant);
      const age = last === undefined ? Infinity : now() - last.askedAtMs;
      if (!anew && last !== undefined && age >= 0 && age < TRUSTED_MS) {
        return { token: last.token, confirmed: true };
      }
      const under = asking.get(tenant);
      if (under !== undefined) return under;
      const question = ask(tenant).finally(() => asking.delete(tenant));
      asking.set(tenant, question);
      return question;
    },
    renew: async (tenant) => {
      if (redis === null) return;
      const askedAtMs = now();
      const token = randomUUID();
      await redis.set(generationKey(tenant), token, { ttlMs: TOKEN_LIFE_MS });
      remember(tenant, token, askedAtMs);
    },
  };
}

export const generationKey = (tenant: string) => `hansard:cache-generation:${tenant}`;

/** How late another process may hear of an erasure. One small question a second for each tenant that asks. */
const TRUSTED_MS = 1_000;
/** A tenant that nobody asks for so long finds memories empty, and Redis free of its token. */
const TOKEN_LIFE_MS = 24 * 3_600_000;
/** About 2 MB. One that is forgotten is asked for again. */
const MOST_TENANTS = 10_000;

const CURRENT = `
local token = redis.call('GET', KEYS[1]) or ARGV[1]
redis.call('SET', KEYS[1], token, 'PX', ARGV[2])
return token`;
