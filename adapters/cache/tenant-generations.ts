import { randomUUID } from 'node:crypto';
import type { RedisConnection } from './connect-redis.ts';

export interface Generation {
  /** The last known token; null before the first. */
  readonly token: string | null;
  /** Whether Redis confirmed it within the last second. False while Redis is down or not configured. */
  readonly confirmed: boolean;
}

/**
 * Tells processes that a tenant was erased: Redis holds a random token for each tenant, erasing replaces it, and entries
 * loaded under another token are ignored. A token that Redis evicted or lost is also replaced by a new one, so a loss
 * empties memories and never revives an entry (as a counter that starts over would).
 */
export function createTenantGenerations(redis: RedisConnection, now: () => number) {
  const known = new Map<string, { readonly token: string; readonly askedAtMs: number }>();
  const asking = new Map<string, Promise<Generation>>();

  const remember = (tenant: string, token: string, askedAtMs: number) => {
    known.delete(tenant);
    known.set(tenant, { token, askedAtMs });
    const [oldest] = known.keys();
    if (known.size > MOST_TENANTS && oldest !== undefined) known.delete(oldest);
  };

  /** Redis is down; the connection has logged it. */
  const unconfirmed = (tenant: string): Generation => ({
    token: known.get(tenant)?.token ?? null,
    confirmed: false,
  });

  const ask = async (tenant: string): Promise<Generation> => {
    // The time before the request: the token may change while the answer is on its way.
    const askedAtMs = now();
    try {
      const keys = [generationKey(tenant)];
      const script = `${CURRENT_GENERATION}\nreturn token`;
      const token = String(await redis.eval(script, { keys, arguments: generationArguments() }));
      remember(tenant, token, askedAtMs);
      return { token, confirmed: true };
    } catch {
      return unconfirmed(tenant);
    }
  };

  return {
    /** At most one second old. Never throws. */
    current: async (tenant: string): Promise<Generation> => {
      const last = known.get(tenant);
      const age = last === undefined ? Infinity : now() - last.askedAtMs;
      if (last !== undefined && age >= 0 && age < TRUSTED_MS) {
        return { token: last.token, confirmed: true };
      }
      const pending = asking.get(tenant) ?? ask(tenant).finally(() => asking.delete(tenant));
      asking.set(tenant, pending);
      return pending;
    },
    /** The one that a load begins with, as Redis said when it was asked for it then; null: it said nothing. */
    heard: (tenant: string, token: string | null, askedAtMs: number): Generation => {
      if (token === null) return unconfirmed(tenant);
      remember(tenant, token, askedAtMs);
      return { token, confirmed: true };
    },
    /** Invalidates everything that was loaded before. Throws `RedisError`. */
    renew: async (tenant: string): Promise<void> => {
      const askedAtMs = now();
      const token = randomUUID();
      await redis.set(generationKey(tenant), token, { ttlMs: TOKEN_LIFE_MS });
      remember(tenant, token, askedAtMs);
    },
  };
}

export const generationKey = (tenant: string) => `hansard:cache-generation:${tenant}`;

/** How late another process may notice an erasure. Costs one small request a second for each active tenant. */
const TRUSTED_MS = 1_000;
/** After a day without requests a tenant's token expires; its memory entries are then ignored. */
const TOKEN_LIFE_MS = 24 * 3_600_000;
/** About 2 MB. A forgotten tenant's token is read again. */
const MOST_TENANTS = 10_000;

/** Lua that reads `token` from the first key, or sets one, and lets it live on; with the first two arguments. */
export const CURRENT_GENERATION = `
local token = redis.call('GET', KEYS[1]) or ARGV[1]
redis.call('SET', KEYS[1], token, 'PX', ARGV[2])`;

export const generationArguments = (): readonly [string, string] => [
  randomUUID(),
  String(TOKEN_LIFE_MS),
];
